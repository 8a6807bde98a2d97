package dev.lockstep.data.features;

import dev.lockstep.data.Ascending;
import dev.lockstep.data.Task;
import dev.lockstep.data.internal.spark.JavaBytes;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.storage.StorageLevel;

/**
 * The train rows with the smallest hashes, column by column, in the order of their hashes: the same
 * rows in the same order however the table is laid out.
 *
 * @param size number of rows
 * @param hashes their hashes
 * @param numbers a column for each numeric feature; NaN where a value is missing
 * @param words a column for each categorical feature
 * @param targets the labels of a regression; NaN where there is none
 * @param labels the labels of other tasks
 * @param tally all rows that there are, in the sample or not
 */
@SuppressWarnings("ArrayRecordComponent") // Columns of primitives; samples are not compared.
record TrainSample(
    int size,
    long[] hashes,
    double[][] numbers,
    Words[] words,
    double[] targets,
    Words labels,
    Tally tally)
    implements Serializable {
  /** More rows would move a quantile by less than its own sampling error. */
  private static final int MOST_ROWS = 100_000;

  /** Wide tables get fewer rows: the sample has to fit the driver. */
  private static final int MOST_VALUES = 12_000_000;

  private static final int LEAST_ROWS = 10_000;

  /** Hashes are not spread quite evenly. */
  private static final double MARGIN = 1.1;

  /**
   * A sample, and what it came of.
   *
   * @param readings one of each partition; kept by Spark where the rows' places are
   */
  record Drawn(TrainSample sample, JavaRDD<SampleTask.Reading> readings) {}

  /**
   * Draws the sample.
   *
   * @param rows rows of {@link SourceRows}
   * @param likely about how many train rows there are; a bad guess costs time and memory only
   * @param keep whether the rows' places are kept
   */
  static Drawn of(
      JavaRDD<ColumnarBatch> rows,
      Task task,
      int numeric,
      int categorical,
      long likely,
      boolean keep) {
    int wanted = wanted(numeric + categorical);
    double share = share(wanted, likely);
    while (true) {
      SampleTask reading = new SampleTask(task, numeric, categorical, greatest(share), keep);
      JavaRDD<SampleTask.Reading> readings = rows.mapPartitions(reading);
      if (keep) {
        readings.persist(StorageLevel.MEMORY_AND_DISK());
      }
      TrainSample found;
      try {
        found =
            joined(
                readings.map(SampleTask.Reading::sample).collect().stream()
                    .map(JavaBytes::get)
                    .toList(),
                task,
                numeric,
                categorical);
      } catch (Throwable e) { // Spark's are checked, and named by no signature.
        readings.unpersist(false);
        throw e;
      }
      if (found.size >= Math.min(wanted, found.tally.trainRows())) {
        return new Drawn(found.first(wanted), readings);
      }
      readings.unpersist(false);
      share = Math.max(2 * share, share(wanted, found.tally.trainRows()));
    }
  }

  private static int wanted(int columns) {
    return Math.max(LEAST_ROWS, Math.min(MOST_ROWS, MOST_VALUES / Math.max(columns, 1)));
  }

  private static double share(int wanted, long rows) {
    return MARGIN * wanted / Math.max(rows, 1);
  }

  /** The greatest hash of a share of all hashes. */
  private static long greatest(double share) {
    return share >= 1 ? Long.MAX_VALUE : (long) (Long.MIN_VALUE + share * 0x1p64);
  }

  private static TrainSample joined(
      List<TrainSample> parts, Task task, int numeric, int categorical) {
    long[] hashes = parts.stream().flatMapToLong(p -> Arrays.stream(p.hashes)).toArray();
    int[] order = Ascending.order(hashes);
    int[] places = new int[order.length];
    for (int place = 0; place < places.length; place++) {
      places[order[place]] = place;
    }
    double[][] numbers = new double[numeric][];
    for (int i = 0; i < numeric; i++) {
      int column = i;
      numbers[i] = placed(parts.stream().map(p -> p.numbers[column]).toList(), places);
    }
    Words[] words = new Words[categorical];
    for (int i = 0; i < categorical; i++) {
      int column = i;
      words[i] = Words.placed(parts.stream().map(p -> p.words[column]).toList(), places);
    }
    boolean regression = task == Task.REGRESSION;
    return new TrainSample(
        order.length,
        Arrays.stream(order).mapToLong(row -> hashes[row]).toArray(),
        numbers,
        words,
        regression ? placed(parts.stream().map(TrainSample::targets).toList(), places) : null,
        regression ? null : Words.placed(parts.stream().map(TrainSample::labels).toList(), places),
        Tally.sum(parts.stream().map(TrainSample::tally).toList()));
  }

  private static double[] placed(List<double[]> parts, int[] places) {
    double[] values = new double[places.length];
    int row = 0;
    for (double[] part : parts) {
      for (double value : part) {
        values[places[row++]] = value;
      }
    }
    return values;
  }

  private TrainSample first(int rows) {
    int kept = Math.min(rows, size);
    return new TrainSample(
        kept,
        Arrays.copyOf(hashes, kept),
        Arrays.stream(numbers).map(n -> Arrays.copyOf(n, kept)).toArray(double[][]::new),
        Arrays.stream(words).map(w -> w.first(kept)).toArray(Words[]::new),
        targets == null ? null : Arrays.copyOf(targets, kept),
        labels == null ? null : labels.first(kept),
        tally);
  }

  private Object writeReplace() {
    byte[][] columns = Arrays.stream(numbers).map(TrainSample::bytes).toArray(byte[][]::new);
    return new Sent(hashes, columns, words, targets, labels, tally);
  }

  private static byte[] bytes(double[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES);
    bytes.asDoubleBuffer().put(values);
    return bytes.array();
  }

  private static double[] doubles(byte[] bytes) {
    double[] values = new double[bytes.length / Double.BYTES];
    ByteBuffer.wrap(bytes).asDoubleBuffer().get(values);
    return values;
  }

  /** A sample on its way to the driver: Java writes doubles one by one, but bytes as they are. */
  private record Sent(
      long[] hashes, byte[][] numbers, Words[] words, double[] targets, Words labels, Tally tally)
      implements Serializable {
    private Object readResolve() {
      double[][] columns =
          Arrays.stream(numbers).map(TrainSample::doubles).toArray(double[][]::new);
      return new TrainSample(hashes.length, hashes, columns, words, targets, labels, tally);
    }
  }

  /** A column of few different words: each is kept once. */
  record Words(int[] codes, List<String> values) implements Serializable {
    /** Code of a missing value. */
    static final int MISSING = -1;

    /** The word of a row; null where it is missing. */
    String get(int row) {
      return codes[row] == MISSING ? null : values.get(codes[row]);
    }

    private Words first(int rows) {
      return new Words(Arrays.copyOf(codes, rows), values);
    }

    private static Words placed(List<Words> parts, int[] places) {
      WordsBuilder<String> all = new WordsBuilder<>();
      int[] codes = new int[places.length];
      int row = 0;
      for (Words part : parts) {
        int[] renamed = part.values.stream().mapToInt(all::code).toArray();
        for (int code : part.codes) {
          codes[places[row++]] = code == MISSING ? MISSING : renamed[code];
        }
      }
      return new Words(codes, all.values());
    }

    /** How often each of the words occurs. */
    int[] counts() {
      int[] counts = new int[values.size()];
      IntStream.of(codes).filter(code -> code != MISSING).forEach(code -> counts[code]++);
      return counts;
    }
  }
}
