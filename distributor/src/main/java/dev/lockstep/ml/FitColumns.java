package dev.lockstep.ml;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import dev.lockstep.data.Task;
import dev.lockstep.data.sql.ColumnValues;
import dev.lockstep.data.sql.HashableColumns;
import dev.lockstep.distributor.prediction.VectorEntries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;

/**
 * The columns that an estimator reads, as its Params name them.
 *
 * @param label the label
 * @param vector the vector of features; read where no column of features is named
 * @param numeric columns of numbers
 * @param categorical columns of categories
 * @param dates columns of dates and timestamps, beside numbers or categories
 * @param key columns that name what rows belong to
 * @param weight the rows' weights; null for none
 * @param validation which rows validate; null for a share of them
 */
record FitColumns(
    String label,
    String vector,
    List<String> numeric,
    List<String> categorical,
    List<String> dates,
    List<String> key,
    String weight,
    String validation) {
  /** The columns of an estimator. */
  static FitColumns of(NetworkParams<?> estimator, String label, String vector) {
    TrainingParams params = estimator.trainingParams();
    return new FitColumns(
        label,
        vector,
        List.of(estimator.getNumericCols()),
        List.of(estimator.getCategoricalCols()),
        List.of(estimator.getDateCols()),
        List.of(estimator.getKeyCols()),
        params.textOrNull(params.weightCol),
        params.textOrNull(params.validationIndicatorCol));
  }

  /** Columns that are encoded as numbers: numbers, then dates. */
  List<String> numbers() {
    return Stream.concat(numeric.stream(), dates.stream()).toList();
  }

  /** Whether the features are the entries of a vector. */
  boolean isVector() {
    return numeric.isEmpty() && categorical.isEmpty();
  }

  /**
   * Refuses a dataset that cannot be trained on.
   *
   * @throws LockstepException naming the Param and the column
   */
  void check(StructType schema, Task task) {
    DataType labelType = typeOf(schema, "labelCol", label);
    boolean number = ColumnValues.isNumber(labelType);
    if (task == Task.REGRESSION && !number) {
      throw new LockstepException(
          "labelCol '%s' is a column of type %s, which holds no numbers"
              .formatted(label, labelType.simpleString()),
          "Use a NetworkClassifier for classes, or cast the column");
    }
    if (task != Task.REGRESSION && !number && !ColumnValues.isCategory(labelType)) {
      throw new LockstepException(
          "labelCol '%s' is a column of type %s".formatted(label, labelType.simpleString()),
          "A class is a number, a text or a boolean");
    }
    if (isVector()) {
      checkVector(schema);
    } else {
      checkFeatures(schema);
    }
    key.forEach(
        name -> {
          DataType type = typeOf(schema, "keyCols", name);
          if (!HashableColumns.isHashable(type)) {
            throw wrong("keyCols", name, type, "A key is a number, a time or a text");
          }
        });
    if (weight != null && !(typeOf(schema, "weightCol", weight) instanceof NumericType)) {
      throw wrong("weightCol", weight, schema.apply(weight).dataType(), "A weight is a number");
    }
    if (validation != null
        && !(typeOf(schema, "validationIndicatorCol", validation) instanceof BooleanType)) {
      throw wrong(
          "validationIndicatorCol",
          validation,
          schema.apply(validation).dataType(),
          "It must be true or false: compare it with something");
    }
  }

  private void checkVector(StructType schema) {
    if (!dates.isEmpty()) {
      throw new LockstepException(
          "dateCols names '%s', but numericCols and categoricalCols are empty"
              .formatted(String.join("', '", dates)),
          "Name a column in one of them; a vector of features (featuresCol) has no dates beside it");
    }
    if (!Arrays.asList(schema.fieldNames()).contains(vector)) {
      throw new LockstepException(
          "there are no features: the dataset has no column '%s' (featuresCol), and numericCols and categoricalCols are empty"
              .formatted(vector),
          "Set numericCols and categoricalCols, or featuresCol to a vector; its columns are "
              + String.join(", ", schema.fieldNames()));
    }
    VectorEntries.checkType(schema, vector);
  }

  private void checkFeatures(StructType schema) {
    for (String name : numeric) {
      DataType type = typeOf(schema, "numericCols", name);
      if (!ColumnValues.isNumber(type)) {
        throw wrong("numericCols", name, type, "Move it to categoricalCols, or cast it");
      }
    }
    for (String name : categorical) {
      DataType type = typeOf(schema, "categoricalCols", name);
      if (!ColumnValues.isNumber(type) && !ColumnValues.isCategory(type)) {
        throw wrong("categoricalCols", name, type, "A category is a text, a number or a boolean");
      }
    }
    for (String name : dates) {
      DataType type = typeOf(schema, "dateCols", name);
      if (ColumnValues.unitsPerDay(type).isEmpty()) {
        throw wrong("dateCols", name, type, "Cast it to date or timestamp, or move it");
      }
    }
    List<String> all = new ArrayList<>();
    Stream.of(numeric, categorical, dates)
        .flatMap(List::stream)
        .forEach(
            name -> {
              if (name.equals(label) || name.equals(weight) || name.equals(validation)) {
                throw new LockstepException(
                    "column '%s' is both a feature and the label, the weight or the validation indicator"
                        .formatted(name),
                    "Take it out of numericCols, categoricalCols and dateCols");
              }
              if (all.contains(name)) {
                throw new LockstepException(
                    "column '%s' is a feature twice".formatted(name),
                    "Name it once, in numericCols, categoricalCols or dateCols");
              }
              all.add(name);
            });
  }

  private static DataType typeOf(StructType schema, String param, String name) {
    List<String> known = Arrays.asList(schema.fieldNames());
    if (!known.contains(name)) {
      throw new LockstepException(
          "%s '%s' is not a column of the dataset".formatted(param, name),
          "Did you mean '%s'? Its columns are %s"
              .formatted(Names.nearest(name, known), String.join(", ", known)));
    }
    return schema.apply(name).dataType();
  }

  private static LockstepException wrong(String param, String name, DataType type, String remedy) {
    return new LockstepException(
        "%s '%s' is a column of type %s".formatted(param, name, type.simpleString()), remedy);
  }
}
