package dev.lockstep.data.features;

import dev.lockstep.data.Task;
import dev.lockstep.data.features.TrainSample.Words;
import dev.lockstep.data.internal.spark.JavaBytes;
import dev.lockstep.data.internal.spark.RowPlaces;
import dev.lockstep.data.internal.spark.StringColumn;
import dev.lockstep.data.split.Split;
import java.io.Serializable;
import java.util.ArrayList;
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
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Draws the sample of one partition of {@link SourceRows}, and tallies all its rows.
 *
 * @param greatest the greatest hash that is in the sample
 * @param keep whether the rows' places are kept
 */
record SampleTask(Task task, int numeric, int categorical, long greatest, boolean keep)
    implements FlatMapFunction<Iterator<ColumnarBatch>, SampleTask.Reading> {
  /** A label with more values is no class. */
  static final int MOST_CLASSES = 1000;

  private static final int FIRST_CAPACITY = 1024;
  private static final UTF8String TRAIN = UTF8String.fromString(Split.TRAIN.column());
  private static final UTF8String NONE = UTF8String.fromString("");

  /** What comes of reading a partition. */
  static final class Reading implements Serializable {
    private static final long serialVersionUID = 1;

    private final JavaBytes<TrainSample> sample;
    private final RowPlaces[] places;

    /**
     * Takes both.
     *
     * @param places those of each batch; none where they are not kept
     */
    Reading(TrainSample sample, List<RowPlaces> places) {
      this.sample = JavaBytes.of(sample);
      this.places = places.toArray(RowPlaces[]::new);
    }

    JavaBytes<TrainSample> sample() {
      return sample;
    }

    List<RowPlaces> places() {
      return Arrays.asList(places);
    }
  }

  @Override
  public Iterator<Reading> call(Iterator<ColumnarBatch> batches) {
    Columns columns = new Columns();
    batches.forEachRemaining(columns::see);
    return List.of(new Reading(columns.sample(), columns.places)).iterator();
  }

  /** Columns that grow. */
  private final class Columns {
    private final Map<UTF8String, Long> splitRows = new HashMap<>();
    private final Set<UTF8String> trainLabels = new HashSet<>();
    private final Set<UTF8String> otherLabels = new HashSet<>();
    private final double[][] numbers = new double[numeric][FIRST_CAPACITY];
    private final int[][] codes = new int[categorical][FIRST_CAPACITY];
    private final List<WordsBuilder<UTF8String>> words =
        Stream.generate(WordsBuilder<UTF8String>::new).limit(categorical).toList();
    private final WordsBuilder<UTF8String> labelWords = new WordsBuilder<>();
    private final List<RowPlaces> places = new ArrayList<>();
    private long[] hashes = new long[FIRST_CAPACITY];
    private double[] targets = new double[FIRST_CAPACITY];
    private int[] labels = new int[FIRST_CAPACITY];
    private int size;
    private long unlabelled;
    private long unsound;

    void see(ColumnarBatch batch) {
      int rows = batch.numRows();
      StringColumn splits = StringColumn.of(batch.column(SourceRows.SPLIT), rows);
      if (keep) {
        places.add(RowPlaces.of(splits, SourceRows.SPLITS, batch.column(SourceRows.HASH)));
      }
      boolean[] train = train(splits, rows);
      labels(batch.column(SourceRows.LABEL), train);
      int[] drawn = drawn(batch.column(SourceRows.HASH), train);
      int needed = size + drawn.length;
      if (needed > hashes.length) {
        grow(Math.max(needed, 2 * hashes.length));
      }
      boolean[] bad = new boolean[rows];
      double[] weights = SourceRows.numbers(batch.column(SourceRows.WEIGHT), rows);
      for (int row = 0; row < rows; row++) {
        bad[row] = !(weights[row] > 0 && weights[row] <= Double.MAX_VALUE);
      }
      for (int i = 0; i < numeric; i++) {
        ColumnVector column = batch.column(SourceRows.FEATURES + i);
        mark(column, bad);
        for (int j = 0; j < drawn.length; j++) {
          numbers[i][size + j] =
              column.isNullAt(drawn[j]) ? Double.NaN : column.getDouble(drawn[j]);
        }
      }
      for (boolean one : bad) {
        unsound += one ? 1 : 0;
      }
      for (int i = 0; i < categorical; i++) {
        ColumnVector column = batch.column(SourceRows.FEATURES + numeric + i);
        for (int j = 0; j < drawn.length; j++) {
          codes[i][size + j] = code(words.get(i), column, drawn[j]);
        }
      }
      for (int j = 0; j < drawn.length; j++) {
        add(batch, drawn[j], size + j);
      }
      size = needed;
    }

    /** Marks rows whose number is there, but is none. */
    private static void mark(ColumnVector column, boolean[] bad) {
      for (int row = 0; row < bad.length; row++) {
        bad[row] |= !(Math.abs(column.getDouble(row)) <= Double.MAX_VALUE) && !column.isNullAt(row);
      }
    }

    /** Whether each of the rows is to be learned from. */
    private boolean[] train(StringColumn words, int rows) {
      int none = words.values().length;
      int[] counts = new int[none + 1];
      boolean[] isTrain = new boolean[none + 1];
      for (int code = 0; code < none; code++) {
        isTrain[code] = TRAIN.equals(words.values()[code]);
      }
      boolean[] train = new boolean[rows];
      for (int row = 0; row < rows; row++) {
        int code = words.codes()[row] == StringColumn.MISSING ? none : words.codes()[row];
        counts[code]++;
        train[row] = isTrain[code];
      }
      for (int code = 0; code <= none; code++) {
        UTF8String split = code == none ? NONE : words.values()[code];
        Long known = splitRows.get(split);
        if (counts[code] > 0) {
          splitRows.put(
              known == null ? split.copy() : split, (known == null ? 0 : known) + counts[code]);
        }
      }
      return train;
    }

    private void labels(ColumnVector column, boolean[] train) {
      if (task == Task.REGRESSION) {
        double[] labels = SourceRows.numbers(column, train.length);
        for (double label : labels) {
          unlabelled += LabelLayout.isNumber(label) ? 0 : 1;
        }
        return;
      }
      StringColumn words = StringColumn.of(column, train.length);
      boolean[][] seen = new boolean[2][words.values().length];
      for (int row = 0; row < train.length; row++) {
        int code = words.codes()[row];
        if (code == StringColumn.MISSING) {
          unlabelled++;
        } else {
          seen[train[row] ? 0 : 1][code] = true;
        }
      }
      for (int code = 0; code < words.values().length; code++) {
        if (seen[0][code]) {
          note(words.values()[code], trainLabels);
        }
        if (seen[1][code]) {
          note(words.values()[code], otherLabels);
        }
      }
    }

    private static void note(UTF8String label, Set<UTF8String> labels) {
      if (labels.size() <= MOST_CLASSES && !labels.contains(label)) {
        labels.add(label.copy());
      }
    }

    /** The rows of the batch that are in the sample. */
    private int[] drawn(ColumnVector hash, boolean[] train) {
      int[] drawn = new int[train.length];
      int count = 0;
      for (int row = 0; row < train.length; row++) {
        if (train[row] && hash.getLong(row) <= greatest) {
          drawn[count++] = row;
        }
      }
      return Arrays.copyOf(drawn, count);
    }

    private void add(ColumnarBatch batch, int row, int at) {
      hashes[at] = batch.column(SourceRows.HASH).getLong(row);
      ColumnVector label = batch.column(SourceRows.LABEL);
      if (task == Task.REGRESSION) {
        targets[at] = label.isNullAt(row) ? Double.NaN : label.getDouble(row);
      } else {
        labels[at] = code(labelWords, label, row);
      }
    }

    private static int code(WordsBuilder<UTF8String> words, ColumnVector column, int row) {
      if (column.isNullAt(row)) {
        return Words.MISSING;
      }
      UTF8String word = column.getUTF8String(row);
      int known = words.known(word);
      // The batch's memory is used again for the next.
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
      splitRows.forEach((split, n) -> splits.put(split.toString(), n));
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
