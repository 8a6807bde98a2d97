package dev.lockstep.data.features;

import static dev.lockstep.data.Identifiers.quoted;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.DataSpec;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import dev.lockstep.data.lanes.EncodedRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Learns a {@link FeatureModel} from train rows. Statistics come from the rows with the smallest
 * hashes, all of them in most tables: computed in one place in one order, they do not depend on
 * partitions or files.
 */
public final class FeatureFitting {
  /** More rows would move a quantile by less than its own sampling error. */
  private static final int SAMPLE = 200_000;

  private final DataSpec spec;
  private final Columns columns;
  private final String transform;

  /**
   * A fitting.
   *
   * @param columns the features' columns
   * @param transform {@code quantile}, {@code standard} or {@code robust}
   */
  public FeatureFitting(DataSpec spec, Columns columns, String transform) {
    this.spec = spec;
    this.columns = columns;
    this.transform = transform;
  }

  /**
   * Features by kind.
   *
   * @param numeric names of the numeric columns
   * @param categorical names of the categorical columns
   */
  public record Columns(List<String> numeric, List<String> categorical) {
    /** Copies the lists. */
    public Columns {
      numeric = List.copyOf(numeric);
      categorical = List.copyOf(categorical);
    }
  }

  /**
   * What was learned.
   *
   * @param model the model
   * @param warnings features that tell the label by themselves, in words
   */
  public record Fitted(FeatureModel model, List<String> warnings) {
    /** Copies the warnings. */
    public Fitted {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Fits.
   *
   * @param train the train rows, with {@code EncodedRows.HASH}
   * @throws LockstepException if the label or a feature cannot be learned from
   */
  public Fitted fit(Dataset<Row> train) {
    Column[] numbers =
        columns.numeric().stream()
            .map(n -> FeatureModel.number(train.schema(), n))
            .toArray(Column[]::new);
    Column[] categories =
        columns.categorical().stream()
            .map(c -> col(quoted(c)).cast("string"))
            .toArray(Column[]::new);
    Column label = col(quoted(spec.label())).cast("string");
    List<Row> sample =
        train
            .select(
                col(EncodedRows.HASH),
                label,
                array(numbers).cast("array<double>"),
                array(categories).cast("array<string>"))
            .orderBy(EncodedRows.HASH)
            .limit(SAMPLE)
            .collectAsList();
    List<NumericFeature> numeric = new ArrayList<>();
    List<float[]> encoded = new ArrayList<>();
    for (int i = 0; i < numbers.length; i++) {
      NumericFeature feature = numeric(i, sample);
      numeric.add(feature);
      encoded.add(encoded(feature, i, sample));
    }
    List<CategoricalFeature> categorical = new ArrayList<>();
    for (int i = 0; i < categories.length; i++) {
      categorical.add(categorical(i, sample));
    }
    FeatureModel model =
        new FeatureModel(
            new FeatureModel.Source(spec.label(), spec.weight()),
            numeric,
            categorical,
            FeatureModel.layout(numeric, categorical, encoded),
            spec.task() == Task.REGRESSION ? scaled(sample) : classes(train, label));
    return new Fitted(model, giveaways(sample));
  }

  private List<String> giveaways(List<Row> sample) {
    Giveaways search =
        new Giveaways(spec.task(), sample.stream().map(row -> row.getString(1)).toList());
    List<String> warnings = new ArrayList<>();
    for (int i = 0; i < columns.numeric().size(); i++) {
      int at = i;
      search
          .numeric(columns.numeric().get(i), row -> sample.get(row).<Double>getList(2).get(at))
          .ifPresent(warnings::add);
    }
    for (int i = 0; i < columns.categorical().size(); i++) {
      int at = i;
      search
          .categorical(
              columns.categorical().get(i), row -> sample.get(row).<String>getList(3).get(at))
          .ifPresent(warnings::add);
    }
    return warnings;
  }

  private NumericFeature numeric(int index, List<Row> sample) {
    String name = columns.numeric().get(index);
    double[] values =
        sample.stream()
            .map(row -> row.<Double>getList(2).get(index))
            .filter(java.util.Objects::nonNull)
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    if (values.length == 0) {
      throw allNull(name);
    }
    if (!Double.isFinite(values[0]) || !Double.isFinite(values[values.length - 1])) {
      throw new LockstepException(
          "column '" + name + "' has values that are NaN or infinite",
          "Drop them with 'where', or make them null in the table");
    }
    return NumericFeature.fit(name, transform, values, values.length < sample.size());
  }

  private static float[] encoded(NumericFeature feature, int index, List<Row> sample) {
    NumericFeature.Transform apply = feature.transform();
    float[] values = new float[sample.size()];
    for (int row = 0; row < values.length; row++) {
      Double value = sample.get(row).<Double>getList(2).get(index);
      values[row] = (float) apply.apply(value == null ? feature.median() : value);
    }
    Arrays.sort(values);
    return values;
  }

  private CategoricalFeature categorical(int index, List<Row> sample) {
    Map<String, Integer> counts = new HashMap<>();
    for (Row row : sample) {
      String value = row.<String>getList(3).get(index);
      if (value != null) {
        counts.merge(value, 1, Integer::sum);
      }
    }
    String name = columns.categorical().get(index);
    if (counts.isEmpty()) {
      throw allNull(name);
    }
    Comparator<Map.Entry<String, Integer>> byCount =
        Map.Entry.comparingByValue(Comparator.reverseOrder());
    return new CategoricalFeature(
        name,
        counts.entrySet().stream()
            .sorted(byCount.thenComparing(Map.Entry.comparingByKey()))
            .map(Map.Entry::getKey)
            .toList());
  }

  private static LockstepException allNull(String name) {
    return new LockstepException(
        "feature '" + name + "' has no value in the train split", "Add it to features.exclude");
  }

  private LabelLayout scaled(List<Row> sample) {
    double[] values = new double[sample.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(sample.get(i).getString(1));
    }
    Arrays.sort(values);
    if (values[0] == values[values.length - 1]) {
      throw oneValue(String.valueOf(values[0]));
    }
    double mean = Arrays.stream(values).sum() / values.length;
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return new LabelLayout(Task.REGRESSION, List.of(), mean, Math.sqrt(squares / values.length));
  }

  private double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new LockstepException(
          "label '%s' is to be a number, but a row has '%s'".formatted(spec.label(), text),
          "Set 'task' to binary or multiclass, or mend the table",
          e);
    }
  }

  private LockstepException oneValue(String value) {
    return new LockstepException(
        "label '%s' has only one value in the train split: %s".formatted(spec.label(), value),
        "There is nothing to learn: check 'label' and 'where'");
  }

  private LabelLayout classes(Dataset<Row> train, Column label) {
    int most = spec.task() == Task.BINARY ? 2 : 1000;
    List<String> classes =
        new ArrayList<>(
            train.select(label).distinct().limit(most + 1).collectAsList().stream()
                .map(row -> row.getString(0))
                .toList());
    classes.sort(order(classes));
    if (classes.size() == 1) {
      throw oneValue(classes.get(0));
    }
    if (classes.size() > most) {
      throw new LockstepException(
          "label '%s' has more than %d values, such as %s"
              .formatted(
                  spec.label(), most, String.join(", ", classes.subList(0, Math.min(5, most)))),
          "Set 'task' to " + (most == 2 ? "multiclass or regression" : "regression"));
    }
    if (spec.positive() != null) {
      if (!classes.remove(spec.positive())) {
        throw new LockstepException(
            "'positive' is '%s', but label '%s' has the values %s"
                .formatted(spec.positive(), spec.label(), String.join(", ", classes)),
            "Choose one of those");
      }
      classes.add(spec.positive());
    }
    return new LabelLayout(spec.task(), classes, 0, 1);
  }

  /** Numbers by value, those of one value (1 and 01) by letter; other classes by letter. */
  private static Comparator<String> order(List<String> classes) {
    try {
      classes.forEach(Double::parseDouble);
      return Comparator.<String>comparingDouble(Double::parseDouble)
          .thenComparing(Comparator.naturalOrder());
    } catch (NumberFormatException e) {
      return Comparator.naturalOrder();
    }
  }
}
