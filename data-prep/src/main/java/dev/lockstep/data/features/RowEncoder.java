package dev.lockstep.data.features;

import dev.lockstep.data.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Encodes rows of (split, hash, label, weight, numbers, categories). */
final class RowEncoder implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1;

  private final ArrayList<NumericFeature> numeric;
  private final ArrayList<CategoricalFeature> categorical;
  private final LabelLayout label;

  RowEncoder(
      List<NumericFeature> numeric, List<CategoricalFeature> categorical, LabelLayout label) {
    this.numeric = new ArrayList<>(numeric);
    this.categorical = new ArrayList<>(categorical);
    this.label = label;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    List<NumericFeature.Transform> transforms =
        numeric.stream().map(NumericFeature::transform).toList();
    List<Map<String, Integer>> indices = categorical.stream().map(RowEncoder::index).toList();
    Map<String, Integer> classes = new HashMap<>();
    label.classes().forEach(c -> classes.put(c, classes.size()));
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        Row row = rows.next();
        return RowFactory.create(
            row.get(0),
            row.get(1),
            label(row.getString(2), classes),
            row.get(3),
            numbers(row.getList(4), transforms),
            categories(row.getList(5), indices));
      }
    };
  }

  private static Map<String, Integer> index(CategoricalFeature feature) {
    Map<String, Integer> index = new HashMap<>();
    feature.values().forEach(v -> index.put(v, feature.firstIndex() + index.size()));
    return index;
  }

  /** A class that the train split did not have, or a missing label, is not a number. */
  private Double label(String value, Map<String, Integer> classes) {
    if (value == null) {
      return null;
    }
    if (label.task() == Task.REGRESSION) {
      return Double.valueOf(value);
    }
    Integer index = classes.get(value);
    return index == null ? null : Double.valueOf(index);
  }

  private Float[] numbers(List<Double> values, List<NumericFeature.Transform> transforms) {
    List<Float> encoded = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      Double value = values.get(i);
      NumericFeature feature = numeric.get(i);
      encoded.add((float) transforms.get(i).apply(value == null ? feature.median() : value));
      if (feature.missing()) {
        encoded.add(value == null ? 1f : 0f);
      }
    }
    return encoded.toArray(Float[]::new);
  }

  private static Integer[] categories(List<String> values, List<Map<String, Integer>> indices) {
    Integer[] encoded = new Integer[values.size()];
    for (int i = 0; i < encoded.length; i++) {
      String value = values.get(i);
      encoded[i] =
          value == null
              ? CategoricalFeature.MISSING
              : indices.get(i).getOrDefault(value, CategoricalFeature.UNSEEN);
    }
    return encoded;
  }
}
