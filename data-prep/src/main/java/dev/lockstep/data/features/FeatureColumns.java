package dev.lockstep.data.features;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.Task;
import dev.lockstep.data.sql.ColumnValues;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A feature model as expressions on a table's own columns; they encode as the model does. */
record FeatureColumns(FeatureModel model, StructType schema) {
  /** The vector of {@link FeatureLayout#numeric}. */
  Column numeric() {
    Column[] numbers =
        model.numeric().stream()
            .map(f -> ColumnValues.number(schema, f.name()))
            .toArray(Column[]::new);
    return udf(new EncodedNumbers(model.numeric()), SQLDataTypes.VectorType())
        .apply(array(numbers).cast("array<double>"));
  }

  /** The index of a categorical feature, a double. */
  Column index(CategoricalFeature feature) {
    return index(feature, ColumnValues.text(schema, feature.name()));
  }

  private static Column index(CategoricalFeature feature, Column text) {
    // As bytes, which a string of Java would not keep where they are no UTF-8.
    return udf(new CategoryIndex(feature), DataTypes.DoubleType).apply(text.cast("binary"));
  }

  /** The label's number or class index; null where it is missing or not known to the model. */
  Column label() {
    String name = model.source().label();
    if (model.label().task() == Task.REGRESSION) {
      Column number = ColumnValues.numberLabel(schema, name);
      return when(number.between(-LabelLayout.MOST, LabelLayout.MOST), number);
    }
    Column index =
        index(
            new CategoricalFeature(name, model.label().classes(), 0),
            ColumnValues.classLabel(schema, name));
    return when(
        index.geq(CategoricalFeature.FIRST), index.minus((double) CategoricalFeature.FIRST));
  }
}
