package dev.lockstep.ml;

import dev.lockstep.data.LockstepException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns that a model adds; an empty name leaves one out, as in Spark's own models.
 *
 * @param raw the logits of classes
 * @param probability the probabilities of classes
 * @param prediction the prediction
 */
record OutputColumns(String raw, String probability, String prediction) {
  /** Those of a regression. */
  static OutputColumns ofNumber(String prediction) {
    return new OutputColumns("", "", prediction);
  }

  /**
   * A schema with the columns at its end, as far as that is known before a model is.
   *
   * @throws LockstepException if it has a column of one of the names
   */
  StructType appended(StructType schema) {
    return appended(schema, 0, List.of());
  }

  /**
   * A schema with the columns at its end.
   *
   * @param classes number of entries of the vectors; 0 where it is not known
   * @param names the classes that predictions are indices of; empty where they are numbers
   * @throws LockstepException as {@link #appended(StructType)}
   */
  StructType appended(StructType schema, int classes, List<String> names) {
    StructType all = schema;
    for (StructField field : fields(classes, names)) {
      if (Arrays.stream(all.fieldNames()).anyMatch(field.name()::equalsIgnoreCase)) {
        throw new LockstepException(
            "there is a column '%s' already, a name that the network gives a column it adds"
                .formatted(field.name()),
            "Drop it, or set predictionCol, rawPredictionCol or probabilityCol to another name");
      }
      all = all.add(field);
    }
    return all;
  }

  /** The columns, in their order; as {@link #appended(StructType, int, List)}. */
  List<StructField> fields(int classes, List<String> names) {
    List<StructField> fields = new ArrayList<>();
    for (String name : List.of(raw, probability)) {
      if (!name.isEmpty()) {
        fields.add(
            classes == 0
                ? new StructField(name, SQLDataTypes.VectorType(), true, Metadata.empty())
                : new AttributeGroup(name, classes).toStructField());
      }
    }
    if (!prediction.isEmpty()) {
      fields.add(
          names.isEmpty()
              ? new StructField(prediction, DataTypes.DoubleType, false, Metadata.empty())
              : NominalAttribute.defaultAttr()
                  .withName(prediction)
                  .withValues(names.toArray(String[]::new))
                  .toStructField());
    }
    return fields;
  }
}
