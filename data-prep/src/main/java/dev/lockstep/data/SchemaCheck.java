package dev.lockstep.data;

import dev.lockstep.data.features.FeatureFitting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Holds a specification against a table's schema, before anything is read. */
final class SchemaCheck {
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
    spec.key().forEach(name -> check("key", name));
    if (spec.weight() != null) {
      check("weight", spec.weight());
    }
    if (spec.split().column() != null) {
      check("split.column", spec.split().column());
    }
    spec.features().exclude().forEach(name -> check("features.exclude", name));
    return spec.features().byType() ? byType() : asSaid();
  }

  private void check(String option, String name) {
    List<String> known = Arrays.asList(schema.fieldNames());
    if (!known.contains(name)) {
      throw new LockstepException(
          "%s '%s' is not a column of %s".formatted(option, name, spec.table()),
          "Did you mean '%s'? Its columns are %s"
              .formatted(Names.nearest(name, known), String.join(", ", known)));
    }
  }

  private FeatureFitting.Columns asSaid() {
    for (String name : spec.features().numeric()) {
      check("features.numeric", name);
      DataType type = schema.apply(name).dataType();
      if (!isNumber(type)) {
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
    return new FeatureFitting.Columns(spec.features().numeric(), spec.features().categorical());
  }

  private void refuseLabel(String name) {
    if (name.equals(spec.label())) {
      throw new LockstepException(
          "'" + name + "' is both the label and a feature", "Take it out of 'features'");
    }
  }

  private FeatureFitting.Columns byType() {
    Set<String> others = new HashSet<>(spec.key());
    others.add(spec.label());
    others.add(spec.weight());
    others.add(spec.split().column());
    others.addAll(spec.features().exclude());
    List<String> numeric = new ArrayList<>();
    List<String> categorical = new ArrayList<>();
    for (StructField field : schema.fields()) {
      if (others.contains(field.name())) {
        continue;
      }
      if (isNumber(field.dataType())) {
        numeric.add(field.name());
      } else if (field.dataType().equals(DataTypes.StringType)
          || field.dataType().equals(DataTypes.BooleanType)) {
        categorical.add(field.name());
      }
    }
    if (numeric.isEmpty() && categorical.isEmpty()) {
      throw new LockstepException(
          spec.table() + " has no column that could be a feature",
          "A feature is a number, a time, a text or true/false");
    }
    return new FeatureFitting.Columns(numeric, categorical);
  }

  private static boolean isNumber(DataType type) {
    return type instanceof NumericType
        || type.equals(DataTypes.DateType)
        || type.equals(DataTypes.TimestampType);
  }
}
