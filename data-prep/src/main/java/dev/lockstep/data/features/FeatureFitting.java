package dev.lockstep.data.features;

import dev.lockstep.data.Ascending;
import dev.lockstep.data.Figures;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedBatch;
import dev.lockstep.data.features.TrainSample.Words;
import dev.lockstep.data.internal.spark.ColumnBatches;
import dev.lockstep.data.progress.CountedPhase;
import dev.lockstep.data.progress.PhaseListener;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.sql.ColumnValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Learns a {@link FeatureModel} from train rows. Statistics come from the rows with the smallest
 * hashes, all of them in most tables: computed in one place in one order, they do not depend on
 * partitions or files.
 */
public final class FeatureFitting {
  /** An embedding of more learns little of the rare ones and much memory goes to them. */
  private static final int MOST_VALUES = 10_000;

  /**
   * Where partitions have more train rows than these, on average, places are not kept: a task holds
   * nine bytes for each row of its partition.
   */
  private static final long MOST_KEPT = 8_000_000;

  private final DataSpec spec;
  private final Columns columns;
  private final StructType schema;
  private final JavaRDD<SampleTask.Reading> readings;

  /** The rows, as often as they are read after the first time. */
  private final JavaRDD<ColumnarBatch> again;

  private final TrainSample sample;

  /**
   * Reads the rows, once.
   *
   * @param columns the features' columns
   * @param rows {@link PlacedRows}, of which those of the train split are learned from
   * @param likely about how many train rows there are; a bad guess costs time and memory only
   */
  public FeatureFitting(DataSpec spec, Columns columns, Dataset<Row> rows, long likely) {
    this.spec = spec;
    this.columns = columns;
    this.schema = rows.schema();
    int numeric = columns.numeric().size();
    int categorical = columns.categorical().size();
    Dataset<Row> source =
        SourceRows.of(rows, named(), spec.task(), columns.numeric(), columns.categorical());
    JavaRDD<ColumnarBatch> whole = ColumnBatches.of(source);
    Optional<JavaRDD<ColumnarBatch>> bare =
        ColumnBatches.without(source, Set.of(SourceRows.SPLIT, SourceRows.HASH))
            .filter(batches -> likely <= MOST_KEPT * batches.getNumPartitions());
    TrainSample.Drawn drawn =
        TrainSample.of(whole, spec.task(), numeric, categorical, likely, bare.isPresent());
    sample = drawn.sample();
    readings = drawn.readings();
    again = bare.map(b -> b.zipPartitions(readings, SourceRows::placed)).orElse(whole);
  }

  private FeatureModel.Source named() {
    return new FeatureModel.Source(spec.label(), spec.weight());
  }

  /** The rows of all splits, encoded by a model that was learned from them; read anew each time. */
  public JavaRDD<EncodedBatch> encoded(FeatureModel model) {
    return model.encoded(again);
  }

  /** The rows of the train and validation splits, encoded likewise. */
  public JavaRDD<EncodedBatch> training(FeatureModel model) {
    return model.encoded(again.map(SourceRows::training));
  }

  /**
   * What Spark keeps of the first reading, where it keeps anything, to be given back by who
   * prepares the rows. Without it each of the others takes as long as two.
   */
  public JavaRDD<?> kept() {
    return readings;
  }

  /** What the rows of all splits are like. */
  public Tally tally() {
    return sample.tally();
  }

  /**
   * Features by kind.
   *
   * @param numeric names of the columns that are read as numbers, dates among them
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
   * @param warnings what a person should know of the features, in words
   * @param leaking names of the features that alone tell the label almost perfectly; each has a
   *     warning, too
   */
  public record Fitted(FeatureModel model, List<String> warnings, List<String> leaking) {
    /** Copies the lists. */
    public Fitted {
      warnings = List.copyOf(warnings);
      leaking = List.copyOf(leaking);
    }
  }

  /** A feature that tells the label, and the warning of it. */
  private record Leak(String feature, String warning) {}

  /**
   * Fits.
   *
   * @param transform {@code quantile}, {@code standard} or {@code robust}
   * @param listener hears of each column
   * @throws LockstepException if the label or a feature cannot be learned from
   */
  public Fitted fit(String transform, PhaseListener listener) {
    List<String> warnings = new ArrayList<>();
    int all = columns.numeric().size() + columns.categorical().size();
    CountedPhase phase = new CountedPhase("fitting features", Math.max(1, all), listener);
    LabelLayout label = spec.task() == Task.REGRESSION ? scaled() : classes();
    List<NumericColumn> numbers =
        IntStream.range(0, columns.numeric().size())
            .parallel()
            .mapToObj(
                i ->
                    phase.counted(
                        numeric(columns.numeric().get(i), sample.numbers()[i], transform)))
            .toList();
    List<CategoricalFeature> categorical =
        IntStream.range(0, columns.categorical().size())
            .mapToObj(
                i ->
                    phase.counted(
                        categorical(columns.categorical().get(i), sample.words()[i], warnings)))
            .toList();
    Set<String> names = new HashSet<>(columns.numeric());
    names.addAll(columns.categorical());
    List<FeatureLayout.Numeric> entries = new ArrayList<>();
    for (NumericColumn column : numbers) {
      NumericFeature feature = column.feature;
      entries.add(new FeatureLayout.Numeric(feature.name(), column.edges));
      if (feature.missing()) {
        String indicator = unused(feature.name() + "_missing", "_indicator", names);
        entries.add(new FeatureLayout.Numeric(indicator, List.of(0f, 1f)));
      }
      for (int which = 0; which < feature.cycleEntries(); which++) {
        String name = unused(feature.name() + feature.date().suffix(which), "_cycle", names);
        entries.add(new FeatureLayout.Numeric(name, column.cycleEdges.get(which)));
      }
    }
    List<Leak> leaks = targetLeakage();
    leaks.forEach(leak -> warnings.add(leak.warning()));
    List<FeatureLayout.Categorical> sizes =
        categorical.stream().map(f -> new FeatureLayout.Categorical(f.name(), f.size())).toList();
    return new Fitted(
        new FeatureModel(
            named(),
            numbers.stream().map(NumericColumn::feature).toList(),
            categorical,
            new FeatureLayout(entries, sizes),
            label),
        warnings,
        leaks.stream().map(Leak::feature).toList());
  }

  /** A name for an entry beside a feature's own, which no other feature or entry has. */
  private static String unused(String first, String suffix, Set<String> taken) {
    return Stream.iterate(first, name -> name + suffix)
        .filter(taken::add)
        .findFirst()
        .orElseThrow();
  }

  /** A numeric feature, the edges of its encoded values, and those of its cycles' entries. */
  private record NumericColumn(
      NumericFeature feature, List<Float> edges, List<List<Float>> cycleEdges) {}

  private List<Leak> targetLeakage() {
    TargetLeakage search = new TargetLeakage(sample, spec.task());
    Stream<Optional<Leak>> numbers =
        IntStream.range(0, columns.numeric().size())
            .parallel()
            .mapToObj(
                i -> {
                  String name = columns.numeric().get(i);
                  return search.numeric(name, sample.numbers()[i]).map(w -> new Leak(name, w));
                });
    Stream<Optional<Leak>> words =
        IntStream.range(0, columns.categorical().size())
            .mapToObj(
                i -> {
                  String name = columns.categorical().get(i);
                  return search.categorical(name, sample.words()[i]).map(w -> new Leak(name, w));
                });
    return Stream.concat(numbers, words).flatMap(Optional::stream).toList();
  }

  private NumericColumn numeric(String name, double[] column, String transform) {
    double[] ascending = Arrays.stream(column).filter(v -> !Double.isNaN(v)).toArray();
    Ascending.sort(ascending);
    if (ascending.length == 0) {
      throw allNull(name);
    }
    int missing = column.length - ascending.length;
    if (!spec.features().dates().contains(name)) {
      NumericFeature feature = NumericFeature.fit(name, transform, ascending, missing > 0);
      return new NumericColumn(feature, Edges.of(encoded(feature, ascending, missing)), List.of());
    }
    int perDay = ColumnValues.unitsPerDay(schema.apply(name).dataType()).orElseThrow();
    DateParts parts = DateParts.of(ascending, perDay);
    double[] days = Arrays.stream(ascending).map(parts::days).toArray();
    NumericFeature feature = NumericFeature.fit(name, transform, days, missing > 0).with(parts);
    List<List<Float>> cycles =
        IntStream.range(0, parts.entries())
            .mapToObj(which -> Edges.of(encoded(parts, which, column)))
            .toList();
    return new NumericColumn(feature, Edges.of(encoded(feature, days, missing)), cycles);
  }

  private static float[] encoded(DateParts parts, int which, double[] column) {
    float[] values = new float[column.length];
    for (int row = 0; row < values.length; row++) {
      values[row] = parts.entry(which, column[row]);
    }
    Arrays.sort(values);
    return values;
  }

  /** The encoded values, ascending as the values are, with the median for the missing ones. */
  private static float[] encoded(NumericFeature feature, double[] ascending, int missing) {
    double[] all = Arrays.copyOf(ascending, ascending.length + missing);
    Arrays.fill(all, ascending.length, all.length, feature.median());
    float[] values = new float[all.length];
    feature.transform().apply(all, values);
    Arrays.sort(values); // Two runs that ascend, which takes no longer than merging them.
    return values;
  }

  private CategoricalFeature categorical(String name, Words column, List<String> warnings) {
    int[] counts = column.counts();
    Comparator<Integer> byCount = Comparator.comparing(word -> -counts[word]);
    List<String> values =
        IntStream.range(0, counts.length)
            .filter(word -> counts[word] > 0)
            .boxed()
            .sorted(byCount.thenComparing(word -> column.values().get(word)))
            .map(word -> column.values().get(word))
            .toList();
    if (values.isEmpty()) {
      throw allNull(name);
    }
    Integer buckets = spec.features().hashed().get(name);
    if (buckets != null) {
      return new CategoricalFeature(name, List.of(), buckets);
    }
    if (values.size() > MOST_VALUES) {
      warnings.add(
          "feature '%s' has more than %,d values: the rarer ones count as unseen; features.hashed gives them indices"
              .formatted(name, MOST_VALUES));
    }
    return new CategoricalFeature(name, values.subList(0, Math.min(MOST_VALUES, values.size())), 0);
  }

  private static LockstepException allNull(String name) {
    return new LockstepException(
        "feature '" + name + "' has no value in the train split", "Add it to features.exclude");
  }

  private LabelLayout scaled() {
    double[] values =
        Arrays.stream(sample.targets()).filter(LabelLayout::isNumber).sorted().toArray();
    if (values.length == 0) {
      throw new LockstepException(
          "label '" + spec.label() + "' has no number in the train split", "Check 'label'");
    }
    if (values[0] == values[values.length - 1]) {
      throw oneValue(String.valueOf(values[0]));
    }
    MeanAndDeviation found = MeanAndDeviation.of(values);
    if (found.deviation() < LabelLayout.LEAST_DEVIATION) {
      throw new LockstepException(
          "label '%s' has values that differ by about %s only, too little for sums of their squares"
              .formatted(spec.label(), Figures.of(found.deviation())),
          "Write the label in a smaller unit: multiply the column by a power of ten");
    }
    return new LabelLayout(Task.REGRESSION, List.of(), found.mean(), found.deviation());
  }

  private LockstepException oneValue(String value) {
    return new LockstepException(
        "label '%s' has only one value in the train split: %s".formatted(spec.label(), value),
        "There is nothing to learn: check 'label' and 'where'");
  }

  private LabelLayout classes() {
    int most = spec.task() == Task.BINARY ? 2 : SampleTask.MOST_CLASSES;
    List<String> classes = new ArrayList<>(sample.tally().trainLabels());
    classes.sort(order(classes));
    if (classes.isEmpty()) {
      throw new LockstepException(
          "label '" + spec.label() + "' is missing in the whole train split", "Check 'label'");
    }
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
