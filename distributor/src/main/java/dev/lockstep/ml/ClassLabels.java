package dev.lockstep.ml;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import scala.jdk.javaapi.OptionConverters;

/**
 * Classes as Spark's evaluators expect them. A label of whole numbers from 0 on is the place of its
 * class in the vectors of probabilities, whether each of them was trained on or not. Other numbers
 * are predicted as they are, and texts as their index.
 *
 * @param classes the classes, in the order of the network's outputs
 * @param places the place of each in vectors
 * @param predictions what is predicted where a place has the greatest probability
 * @param names what predictions are the index of; empty where they are the label's own numbers
 */
record ClassLabels(
    List<String> classes, List<Integer> places, List<Double> predictions, List<String> names)
    implements Serializable {
  /** The longest vector that is made for classes which the train rows did not have. */
  private static final int MOST = 1000;

  ClassLabels {
    classes = List.copyOf(classes);
    places = List.copyOf(places);
    predictions = List.copyOf(predictions);
    names = List.copyOf(names);
  }

  /**
   * The classes that were found in a column.
   *
   * @param field the label's column
   */
  static ClassLabels of(StructField field, List<String> classes) {
    List<Integer> indices = IntStream.range(0, classes.size()).boxed().toList();
    if (!(field.dataType() instanceof NumericType)) {
      return new ClassLabels(
          classes, indices, indices.stream().map(Integer::doubleValue).toList(), classes);
    }
    boolean single = field.dataType().equals(DataTypes.FloatType);
    List<Double> values =
        classes.stream()
            .map(c -> single ? (double) Float.parseFloat(c) : Double.valueOf(c))
            .toList();
    if (new HashSet<>(values).size()
        < classes.size()) { // Whole numbers that no double tells apart.
      return new ClassLabels(
          classes, indices, indices.stream().map(Integer::doubleValue).toList(), classes);
    }
    if (!values.stream().allMatch(v -> v >= 0 && v < MOST && v == Math.rint(v))) {
      return new ClassLabels(classes, indices, values, List.of());
    }
    List<Integer> places = values.stream().map(Double::intValue).toList();
    int known = places.stream().mapToInt(place -> place + 1).max().orElse(0);
    List<Double> predictions =
        IntStream.range(0, Math.max(known, Math.min(MOST, declared(field))))
            .mapToObj(place -> (double) place)
            .toList();
    return new ClassLabels(classes, places, predictions, List.of());
  }

  /** The number of classes that the column's attribute says there are; 0 if it does not. */
  private static int declared(StructField field) {
    Attribute attribute = Attribute.fromStructField(field);
    return attribute instanceof NominalAttribute nominal
        ? OptionConverters.toJava(nominal.getNumValues()).map(n -> (Integer) n).orElse(0)
        : 0;
  }

  /** Number of entries of vectors of probabilities. */
  int size() {
    return predictions.size();
  }
}
