package dev.lockstep.data.profile;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/** Which bin a value is in: one of equal width for a number, one of its own for a candidate. */
final class Binning implements Serializable {
  private static final long serialVersionUID = 1;

  /** Bins of a column of numbers. */
  static final int BINS = 20;

  /** Of a text that is no candidate, and of a missing value. */
  static final int NONE = -1;

  private final boolean[] number;
  private final double[] half;
  private final double[] halfWidth;
  private final List<Map<UTF8String, Integer>> candidates = new ArrayList<>();

  Binning(List<ProfiledColumn> columns, Ranges ranges) {
    number = new boolean[columns.size()];
    half = new double[columns.size()];
    halfWidth = new double[columns.size()];
    for (int i = 0; i < number.length; i++) {
      number[i] = columns.get(i).number();
      // Halves, for the range itself may be more than a double holds.
      half[i] = ranges.least(i) / 2;
      halfWidth[i] = ranges.greatest(i) / 2 - half[i];
      Map<UTF8String, Integer> places = new HashMap<>();
      columns.get(i).candidates().forEach(c -> places.put(UTF8String.fromString(c), places.size()));
      candidates.add(places);
    }
  }

  int columns() {
    return number.length;
  }

  boolean isNumber(int column) {
    return number[column];
  }

  /** The number of a column's bins. */
  int bins(int column) {
    return number[column] ? BINS : candidates.get(column).size();
  }

  /** A number's place in its column's range, from 0 to 1. */
  double share(int column, InternalRow row) {
    return halfWidth[column] == 0
        ? 0
        : (row.getDouble(column) / 2 - half[column]) / halfWidth[column];
  }

  /** The value in the range that a share stands for. */
  double value(int column, double share) {
    return 2 * (half[column] + share * halfWidth[column]);
  }

  /** The bin of a row's value, or {@link #NONE}. */
  int bin(int column, InternalRow row) {
    if (row.isNullAt(column)) {
      return NONE;
    }
    return number[column]
        ? Math.min(BINS - 1, (int) (share(column, row) * BINS))
        : candidates.get(column).getOrDefault(row.getUTF8String(column), NONE);
  }
}
