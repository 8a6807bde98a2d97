package dev.lockstep.data.preparation;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import dev.lockstep.data.Task;
import dev.lockstep.data.features.FeatureFitting;
import dev.lockstep.data.features.PlacedRows;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.FeaturesSpec;
import dev.lockstep.data.sql.ColumnValues;
import dev.lockstep.data.sql.HashableColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Holds a specification against a table's schema, before anything is read. */
final class SchemaCheck {
  private static final int MOST_NAMED = 12;
  private static final int LONGEST_TYPE = 40;

  private final DataSpec spec;
  private final StructType schema;

  SchemaCheck(DataSpec spec, StructType schema) {
    this.spec = spec;
    this.schema = schema;
  }

  /**
   * The features' columns.
   *
   * @throws LockstepException naming the first column that is not there or has a wrong type
   */
  FeatureFitting.Columns columns() {
    check("label", spec.label());
    checkLabel();
    spec.key().forEach(name -> check("key", name));
    spec.key().forEach(this::refuseUnhashable);
    if (spec.weight() != null) {
      check("weight", spec.weight());
      checkWeight();
    }
    if (spec.split().column() != null) {
      check("split.column", spec.split().column());
    }
    if (spec.split().time() != null) {
      check("split.time", spec.split().time());
    }
    spec.features().exclude().forEach(name -> check("features.exclude", name));
    spec.features().hashed().keySet().forEach(name -> check("features.hashed", name));
    checkDates();
    FeatureFitting.Columns columns = spec.features().byType() ? byType() : asSaid();
    for (String name : spec.features().hashed().keySet()) {
      if (!columns.categorical().contains(name)) {
        throw new LockstepException(
            "features.hashed names '%s', which is no categorical feature".formatted(name),
            "Add it to features.categorical, or take it out of 'key' and features.exclude");
      }
    }
    used(columns).forEach(this::refuseReserved);
    return columns;
  }

  /** The columns that are read: label, weight, features. */
  List<String> used(FeatureFitting.Columns columns) {
    List<String> used = new ArrayList<>(List.of(spec.label()));
    if (spec.weight() != null) {
      used.add(spec.weight());
    }
    used.addAll(columns.numeric());
    used.addAll(columns.categorical());
    return used.stream().distinct().toList();
  }

  private void checkDates() {
    FeaturesSpec features = spec.features();
    for (String name : features.dates()) {
      check("features.dates", name);
      DataType type = schema.apply(name).dataType();
      if (ColumnValues.unitsPerDay(type).isEmpty()) {
        throw new LockstepException(
            "feature '%s' is said to be a date, but it is a column of type %s"
                .formatted(name, type.simpleString()),
            "Move it to features.numeric or features.categorical, or change its type in the table");
      }
      refuseLabel(name);
      Map<String, Collection<String>> others =
          Map.of(
              "numeric", features.numeric(),
              "categorical", features.categorical(),
              "exclude", features.exclude(),
              "hashed", features.hashed().keySet());
      others.forEach(
          (other, names) -> {
            if (names.contains(name)) {
              throw new LockstepException(
                  "features.dates and features.%s both name '%s'".formatted(other, name),
                  "Take it out of one of them");
            }
          });
    }
  }

  private void refuseUnhashable(String name) {
    DataType type = schema.apply(name).dataType();
    if (!HashableColumns.isHashable(type)) {
      throw new LockstepException(
          "key '%s' is a column of type %s, which cannot name a row"
              .formatted(name, type.simpleString()),
          "Choose a number, a time or a text as 'key'");
    }
  }

  private void checkLabel() {
    DataType type = schema.apply(spec.label()).dataType();
    boolean readable = ColumnValues.isNumber(type) || ColumnValues.isCategory(type);
    if (spec.task() == Task.REGRESSION && !readable && !(type instanceof StringType)) {
      throw new LockstepException(
          "label '%s' is a column of type %s, which holds no numbers"
              .formatted(spec.label(), type.simpleString()),
          "Choose another 'label', or change its type in the table");
    }
  }

  private void checkWeight() {
    DataType type = schema.apply(spec.weight()).dataType();
    if (!(type instanceof NumericType)) {
      throw new LockstepException(
          "weight '%s' is a column of type %s".formatted(spec.weight(), type.simpleString()),
          "Weights must be numbers: choose another column, or change its type in the table");
    }
  }

  /** A column of that name would be read as what preparation itself puts there. */
  private void refuseReserved(String name) {
    for (String reserved : List.of(PlacedRows.SPLIT, PlacedRows.HASH)) {
      if (reserved.equalsIgnoreCase(name)) { // As Spark compares names.
        throw new LockstepException(
            "column '%s' of %s has a name that encoded rows need for themselves"
                .formatted(name, spec.table()),
            "Rename it in the table, or add it to features.exclude if it is no label or weight");
      }
    }
  }

  /**
   * Holds a test table against the table that is trained on.
   *
   * @param test its schema
   * @throws LockstepException naming the first column that is missing there or of another kind
   */
  void checkTestTable(StructType test, FeatureFitting.Columns columns) {
    List<String> known = Arrays.asList(test.fieldNames());
    String table = spec.split().testTable();
    for (String name : used(columns)) {
      if (!known.contains(name)) {
        throw new LockstepException(
            "split.testTable %s has no column '%s'".formatted(table, name),
            "It needs the columns of %s; it has %s"
                .formatted(spec.table(), String.join(", ", known)));
      }
      DataType here = schema.apply(name).dataType();
      DataType there = test.apply(name).dataType();
      if (!here.sameType(there) && !(here instanceof NumericType && there instanceof NumericType)) {
        throw new LockstepException(
            "column '%s' is of type %s in %s, but of type %s in split.testTable %s"
                .formatted(name, here.simpleString(), spec.table(), there.simpleString(), table),
            "Give it one type in both tables");
      }
    }
  }

  private void check(String option, String name) {
    Names.checkColumn(option, name, spec.table(), Arrays.asList(schema.fieldNames()));
  }

  private FeatureFitting.Columns asSaid() {
    for (String name : spec.features().numeric()) {
      check("features.numeric", name);
      DataType type = schema.apply(name).dataType();
      if (!ColumnValues.isNumber(type)) {
        throw new LockstepException(
            "feature '%s' is said to be numeric, but it is a column of type %s"
                .formatted(name, type.simpleString()),
            "Move it to features.categorical, or change its type in the table");
      }
      refuseLabel(name);
    }
    for (String name : spec.features().categorical()) {
      check("features.categorical", name);
      refuseLabel(name);
    }
    List<String> numbers = new ArrayList<>(spec.features().numeric());
    numbers.addAll(spec.features().dates());
    return new FeatureFitting.Columns(numbers, spec.features().categorical());
  }

  private void refuseLabel(String name) {
    if (name.equals(spec.label())) {
      throw new LockstepException(
          "'" + name + "' is both the label and a feature", "Take it out of 'features'");
    }
  }

  /** The columns that have no other use, and that nobody wants left out. */
  private List<StructField> candidates() {
    Set<String> others = new HashSet<>(spec.key());
    others.add(spec.label());
    others.add(spec.weight());
    others.add(spec.split().column());
    others.add(spec.split().time());
    others.addAll(spec.features().exclude());
    return Arrays.stream(schema.fields()).filter(f -> !others.contains(f.name())).toList();
  }

  /**
   * The columns that might be features and are not, in one note: those of a type that cannot be
   * one, and those that a single list of features does not name. None where both lists are given,
   * as they say what is meant.
   */
  Optional<String> leftOut(FeatureFitting.Columns columns) {
    FeaturesSpec features = spec.features();
    if (!features.numeric().isEmpty() && !features.categorical().isEmpty()) {
      return Optional.empty();
    }
    List<String> left =
        candidates().stream()
            .filter(f -> !columns.numeric().contains(f.name()))
            .filter(f -> !columns.categorical().contains(f.name()))
            .map(f -> "'%s' (%s)".formatted(f.name(), shortened(f.dataType().simpleString())))
            .toList();
    if (left.isEmpty()) {
      return Optional.empty();
    }
    String names =
        left.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
            + (left.size() > MOST_NAMED ? " and %,d more".formatted(left.size() - MOST_NAMED) : "");
    if (features.byType()) {
      return Optional.of(
          "columns that cannot be features are left out: %s. A feature is a number, a time, a text or true/false; name a column in features.exclude to silence this"
              .formatted(names));
    }
    String given = features.numeric().isEmpty() ? "categorical" : "numeric";
    String other = features.numeric().isEmpty() ? "numeric" : "categorical";
    return Optional.of(
        "features.%s is given without features.%s, so these columns are left out: %s. Name them in features.%s or features.exclude, or give neither list to use columns by their types"
            .formatted(given, other, names, other));
  }

  private static String shortened(String type) {
    return type.length() <= LONGEST_TYPE ? type : type.substring(0, LONGEST_TYPE - 1) + "…";
  }

  private FeatureFitting.Columns byType() {
    List<String> numeric = new ArrayList<>();
    List<String> categorical = new ArrayList<>();
    for (StructField field : candidates()) {
      boolean hashed = spec.features().hashed().containsKey(field.name());
      if (spec.features().dates().contains(field.name())) {
        continue;
      }
      if (ColumnValues.isNumber(field.dataType()) && !hashed) {
        numeric.add(field.name());
      } else if (hashed || ColumnValues.isCategory(field.dataType())) {
        categorical.add(field.name());
      }
    }
    numeric.addAll(spec.features().dates()); // Also one that is the key, or says the split.
    if (numeric.isEmpty() && categorical.isEmpty()) {
      throw new LockstepException(
          spec.table() + " has no column that could be a feature",
          "A feature is a number, a time, a text or true/false");
    }
    return new FeatureFitting.Columns(numeric, categorical);
  }
}
