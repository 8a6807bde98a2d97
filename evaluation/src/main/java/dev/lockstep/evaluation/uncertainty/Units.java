package dev.lockstep.evaluation.uncertainty;

import dev.lockstep.evaluation.metrics.Order;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The parts of the test split that chance draws whole, so that what is independent of each other
 * are the parts and not their rows: rows of one key share what the key is, and rows of neighbouring
 * times what the times are.
 */
public final class Units {
  /** What a part is. */
  public enum Kind {
    /** A row by itself. */
    row,
    /** All rows of a key. */
    key,
    /** Rows of neighbouring times. */
    block,
    /** All test rows of a split, where there are several splits. */
    split
  }

  /**
   * Few blocks are long ones, which neighbours' likeness leaves independent: means of batches are
   * cut into 10 to 30 (Schmeiser, "Batch Size Effects in the Analysis of Simulation Output",
   * Operations Research 1982).
   */
  private static final int BLOCKS = 12;

  private final Kind kind;
  private final int[] byRow;
  private final int count;

  private Units(Kind kind, int[] byRow, int count) {
    this.kind = kind;
    this.byRow = byRow;
    this.count = count;
  }

  /** Every row by itself. */
  public static Units rows(int rows) {
    return new Units(Kind.row, IntStream.range(0, rows).toArray(), rows);
  }

  /**
   * The rows of each key together.
   *
   * @param keys of each row what names its key
   */
  public static Units keys(long[] keys) {
    Map<Long, Integer> numbers = new HashMap<>();
    int[] byRow = new int[keys.length];
    for (int i = 0; i < keys.length; i++) {
      numbers.putIfAbsent(keys[i], numbers.size());
      byRow[i] = numbers.get(keys[i]);
    }
    return numbers.size() == keys.length
        ? rows(keys.length)
        : new Units(Kind.key, byRow, numbers.size());
  }

  /**
   * Twelve blocks of neighbouring times with as many rows each, as far as rows of one time stay
   * together.
   *
   * @param times of each row its time, on any scale
   */
  public static Units blocks(double[] times) {
    int[] order = Order.rising(times.length, i -> times[i]);
    int[] byRow = new int[times.length];
    int block = -1;
    int last = -1;
    for (int place = 0; place < order.length; place++) {
      boolean same = place > 0 && times[order[place]] == times[order[place - 1]];
      int wanted = (int) ((long) place * BLOCKS / order.length);
      if (!same && wanted > last) {
        block++;
        last = wanted;
      }
      byRow[order[place]] = block;
    }
    return new Units(Kind.block, byRow, block + 1);
  }

  /** What they are. */
  public Kind kind() {
    return kind;
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** Number of rows. */
  public int rows() {
    return byRow.length;
  }

  /**
   * Some of the rows alone; units that have none of them are left out.
   *
   * @param rows their places, rising
   */
  public Units only(int[] rows) {
    int[] kept = Arrays.stream(rows).map(row -> byRow[row]).distinct().sorted().toArray();
    return new Units(
        kind,
        Arrays.stream(rows).map(row -> Arrays.binarySearch(kept, byRow[row])).toArray(),
        kept.length);
  }

  /** How many have one of some rows. */
  int with(IntStream rows) {
    return (int) rows.map(row -> byRow[row]).distinct().count();
  }

  /** Sums of the rows' values by unit. */
  double[] sums(double[] values) {
    double[] sums = new double[count];
    for (int i = 0; i < values.length; i++) {
      sums[byRow[i]] += values[i];
    }
    return sums;
  }
}
