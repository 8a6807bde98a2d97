package dev.lockstep.data.profile;

import dev.lockstep.data.Task;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.features.PlacedRows;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.profile.ColumnProfile.Role;
import dev.lockstep.data.sql.ColumnValues;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A column that is looked at.
 *
 * @param name its name
 * @param role what it is used as
 * @param type its type
 * @param number whether it is looked at as a number; else as text
 * @param candidates for a text the values that are counted: the classes, or those that are most
 *     frequent among the train rows
 */
record ProfiledColumn(
    String name, Role role, DataType type, boolean number, List<String> candidates)
    implements Serializable {
  private static final Set<String> PLACE = Set.of(PlacedRows.SPLIT, PlacedRows.HASH);
  private static final int CANDIDATES = 20;

  /** Indices of missing and unseen values, which are no candidates. */
  private static final int RESERVED = 2;

  ProfiledColumn {
    candidates = List.copyOf(candidates);
  }

  /** The columns of prepared data in their order: the label first. */
  static List<ProfiledColumn> of(PreparedData data) {
    FeatureModel features = data.features();
    List<String> categorical =
        features.layout().categorical().stream().map(FeatureLayout.Categorical::name).toList();
    List<ProfiledColumn> columns = new ArrayList<>();
    for (StructField field : data.sourceRows().schema().fields()) {
      String name = field.name();
      DataType type = field.dataType();
      if (name.equals(features.source().label())) {
        LabelLayout label = features.label();
        boolean number = label.task() == Task.REGRESSION;
        columns.add(new ProfiledColumn(name, Role.LABEL, type, number, label.classes()));
      } else if (name.equals(features.source().weight())) {
        columns.add(new ProfiledColumn(name, Role.WEIGHT, type, true, List.of()));
      } else if (categorical.contains(name)) {
        List<String> all = features.categories(categorical.indexOf(name));
        List<String> most = all.subList(RESERVED, Math.min(all.size(), RESERVED + CANDIDATES));
        columns.add(new ProfiledColumn(name, Role.FEATURE, type, false, most));
      } else if (!PLACE.contains(name)) {
        columns.add(new ProfiledColumn(name, Role.FEATURE, type, true, List.of()));
      }
    }
    return columns;
  }

  /** The column as a query gives it: a double or a string. */
  Column value() {
    StructType schema = new StructType().add(name, type);
    if (role == Role.LABEL) {
      return number
          ? ColumnValues.numberLabel(schema, name)
          : ColumnValues.classLabel(schema, name);
    }
    return number ? ColumnValues.number(schema, name) : ColumnValues.text(schema, name);
  }
}
