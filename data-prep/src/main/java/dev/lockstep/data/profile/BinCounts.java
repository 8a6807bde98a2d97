package dev.lockstep.data.profile;

import dev.lockstep.data.split.Split;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * What a second look at all rows finds, when the bins are known: rows by bin, and the sums of
 * numbers. A number is added as a whole number of steps of its column's range, because sums of
 * doubles would depend on the order of the rows.
 */
final class BinCounts implements Serializable {
  private static final long serialVersionUID = 1;
  private static final double STEPS = 1L << 31;
  private static final int LABEL = 0;

  /** The splits by the number that rows give them. */
  static final List<Split> SPLITS = List.of(Split.values());

  private final long[][] counts;
  private final long[][] labels;
  private final long[] steps;

  BinCounts(Binning binning) {
    counts = new long[binning.columns()][];
    Arrays.setAll(counts, i -> new long[binning.bins(i)]);
    labels = new long[SPLITS.size()][binning.bins(LABEL)];
    steps = new long[binning.columns()];
  }

  /** Takes a row of doubles and strings, the split last; the label is the first column. */
  BinCounts add(Binning binning, InternalRow row) {
    for (int i = 0; i < counts.length; i++) {
      int bin = binning.bin(i, row);
      if (bin != Binning.NONE) {
        counts[i][bin]++;
        if (i == LABEL) {
          labels[row.getInt(counts.length)][bin]++;
        }
        if (binning.isNumber(i)) {
          steps[i] += Math.round(binning.share(i, row) * STEPS);
        }
      }
    }
    return this;
  }

  /** Takes what was found in other rows. */
  BinCounts add(BinCounts other) {
    add(counts, other.counts);
    add(labels, other.labels);
    add(new long[][] {steps}, new long[][] {other.steps});
    return this;
  }

  private static void add(long[][] to, long[][] from) {
    for (int i = 0; i < to.length; i++) {
      for (int j = 0; j < to[i].length; j++) {
        to[i][j] += from[i][j];
      }
    }
  }

  /** Rows of a column by bin. */
  List<Long> rows(int column) {
    return Arrays.stream(counts[column]).boxed().toList();
  }

  /** Rows of a split by the label's bin. */
  List<Long> labels(Split split) {
    return Arrays.stream(labels[SPLITS.indexOf(split)]).boxed().toList();
  }

  /** The mean of a column of numbers. */
  double mean(int column, Binning binning) {
    long rows = Arrays.stream(counts[column]).sum();
    return binning.value(column, steps[column] / (STEPS * rows));
  }

  /** The bins of a column, those with most rows first. */
  List<Integer> fullest(int column) {
    return IntStream.range(0, counts[column].length)
        .boxed()
        .filter(bin -> counts[column][bin] > 0)
        .sorted((a, b) -> Long.compare(counts[column][b], counts[column][a]))
        .toList();
  }
}
