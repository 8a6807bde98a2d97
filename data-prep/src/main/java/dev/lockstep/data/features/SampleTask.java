package dev.lockstep.data.features;

import dev.lockstep.data.Task;
import dev.lockstep.data.features.TrainSample.Words;
import dev.lockstep.data.split.Split;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Draws the sample of one partition of {@link SourceRows}, and tallies all its rows.
 *
 * @param greatest the greatest hash that is in the sample
 */
record SampleTask(Task task, int numeric, int categorical, long greatest)
    implements FlatMapFunction<Iterator<InternalRow>, TrainSample> {
  /** A label with more values is no class. */
  static final int MOST_CLASSES = 1000;

  private static final int FIRST_CAPACITY = 1024;
  private static final UTF8String TRAIN = UTF8String.fromString(Split.TRAIN.column());
  private static final UTF8String NONE = UTF8String.fromString("");

  @Override
  public Iterator<TrainSample> call(Iterator<InternalRow> rows) {
    Columns columns = new Columns();
    rows.forEachRemaining(columns::see);
    return List.of(columns.sample()).iterator();
  }

  /** Columns that grow. */
  private final class Columns {
    private final Map<UTF8String, Long> otherRows = new HashMap<>();
    private final Set<UTF8String> trainLabels = new HashSet<>();
    private final Set<UTF8String> otherLabels = new HashSet<>();
    private final double[][] numbers = new double[numeric][FIRST_CAPACITY];
    private final int[][] codes = new int[categorical][FIRST_CAPACITY];
    private final List<WordsBuilder<UTF8String>> words =
        Stream.generate(WordsBuilder<UTF8String>::new).limit(categorical).toList();
    private final WordsBuilder<UTF8String> labelWords = new WordsBuilder<>();
    private long[] hashes = new long[FIRST_CAPACITY];
    private double[] targets = new double[FIRST_CAPACITY];
    private int[] labels = new int[FIRST_CAPACITY];
    private int size;
    private long trainRows;
    private long unlabelled;
    private long unsound;

    void see(InternalRow row) {
      UTF8String split =
          row.isNullAt(SourceRows.SPLIT) ? NONE : row.getUTF8String(SourceRows.SPLIT);
      boolean train = TRAIN.equals(split);
      if (train) {
        trainRows++;
      } else {
        Long known = otherRows.get(split);
        otherRows.put(known == null ? split.copy() : split, known == null ? 1 : known + 1);
      }
      boolean labelled = !row.isNullAt(SourceRows.LABEL);
      if (labelled && task != Task.REGRESSION) {
        note(row.getUTF8String(SourceRows.LABEL), train ? trainLabels : otherLabels);
      }
      if (!labelled || task == Task.REGRESSION && !isFinite(row, SourceRows.LABEL)) {
        unlabelled++;
      }
      if (!isSound(row)) {
        unsound++;
      }
      if (train && row.getLong(SourceRows.HASH) <= greatest) {
        add(row, labelled);
      }
    }

    private static void note(UTF8String label, Set<UTF8String> labels) {
      if (labels.size() <= MOST_CLASSES && !labels.contains(label)) {
        labels.add(label.copy());
      }
    }

    private boolean isSound(InternalRow row) {
      boolean weighted = !row.isNullAt(SourceRows.WEIGHT) && isFinite(row, SourceRows.WEIGHT);
      boolean sound = weighted && row.getDouble(SourceRows.WEIGHT) > 0;
      for (int i = SourceRows.FEATURES; i < SourceRows.FEATURES + numeric; i++) {
        sound &= row.isNullAt(i) || isFinite(row, i);
      }
      return sound;
    }

    private static boolean isFinite(InternalRow row, int at) {
      return Double.isFinite(row.getDouble(at));
    }

    private void add(InternalRow row, boolean labelled) {
      if (size == hashes.length) {
        grow(2 * size);
      }
      hashes[size] = row.getLong(SourceRows.HASH);
      if (task == Task.REGRESSION) {
        targets[size] = labelled ? row.getDouble(SourceRows.LABEL) : Double.NaN;
      } else {
        labels[size] = code(labelWords, row, SourceRows.LABEL);
      }
      for (int i = 0; i < numeric; i++) {
        int at = SourceRows.FEATURES + i;
        numbers[i][size] = row.isNullAt(at) ? Double.NaN : row.getDouble(at);
      }
      for (int i = 0; i < categorical; i++) {
        codes[i][size] = code(words.get(i), row, SourceRows.FEATURES + numeric + i);
      }
      size++;
    }

    private static int code(WordsBuilder<UTF8String> words, InternalRow row, int at) {
      if (row.isNullAt(at)) {
        return Words.MISSING;
      }
      UTF8String word = row.getUTF8String(at);
      int known = words.known(word);
      // The row's memory is used again for the next.
      return known == Words.MISSING ? words.code(word.copy()) : known;
    }

    private void grow(int capacity) {
      hashes = Arrays.copyOf(hashes, capacity);
      targets = Arrays.copyOf(targets, capacity);
      labels = Arrays.copyOf(labels, capacity);
      Arrays.setAll(numbers, i -> Arrays.copyOf(numbers[i], capacity));
      Arrays.setAll(codes, i -> Arrays.copyOf(codes[i], capacity));
    }

    TrainSample sample() {
      grow(size);
      Words[] columns = new Words[categorical];
      Arrays.setAll(columns, i -> new Words(codes[i], words.get(i).values()));
      Map<String, Long> splits = new HashMap<>();
      otherRows.forEach((split, n) -> splits.put(split.toString(), n));
      if (trainRows > 0) {
        splits.put(Split.TRAIN.column(), trainRows);
      }
      boolean regression = task == Task.REGRESSION;
      return new TrainSample(
          size,
          hashes,
          numbers,
          columns,
          regression ? targets : null,
          regression ? null : new Words(labels, labelWords.values()),
          new Tally(splits, unlabelled, unsound, names(trainLabels), names(otherLabels)));
    }

    private static SortedSet<String> names(Set<UTF8String> labels) {
      return labels.stream()
          .map(UTF8String::toString)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
