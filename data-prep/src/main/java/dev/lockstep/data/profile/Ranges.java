package dev.lockstep.data.profile;

import dev.lockstep.data.internal.spark.XxHash;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;

/** What a first look at all rows finds: what is missing, from where to where, how many distinct. */
final class Ranges implements Serializable {
  private static final long serialVersionUID = 1;
  private final boolean[] number;
  private final long[] missing;
  private final double[] least;
  private final double[] greatest;
  private final DistinctSketch[] distinct;
  private long rows;

  Ranges(List<ProfiledColumn> columns) {
    int size = columns.size();
    number = new boolean[size];
    missing = new long[size];
    least = new double[size];
    greatest = new double[size];
    distinct = new DistinctSketch[size];
    for (int i = 0; i < size; i++) {
      number[i] = columns.get(i).number();
      least[i] = Double.POSITIVE_INFINITY;
      greatest[i] = Double.NEGATIVE_INFINITY;
      distinct[i] = new DistinctSketch();
    }
  }

  /** Takes a row of doubles and strings. */
  Ranges add(InternalRow row) {
    rows++;
    for (int i = 0; i < number.length; i++) {
      if (row.isNullAt(i)) {
        missing[i]++;
      } else if (number[i]) {
        double value = row.getDouble(i) + 0.0; // -0 and 0 are one value.
        least[i] = Math.min(least[i], value);
        greatest[i] = Math.max(greatest[i], value);
        distinct[i].add(XxHash.of(value));
      } else {
        distinct[i].add(XxHash.of(row.getUTF8String(i)));
      }
    }
    return this;
  }

  /** Takes what was found in other rows. */
  Ranges add(Ranges other) {
    rows += other.rows;
    for (int i = 0; i < number.length; i++) {
      missing[i] += other.missing[i];
      least[i] = Math.min(least[i], other.least[i]);
      greatest[i] = Math.max(greatest[i], other.greatest[i]);
      distinct[i].add(other.distinct[i]);
    }
    return this;
  }

  long rows() {
    return rows;
  }

  long missing(int column) {
    return missing[column];
  }

  long distinct(int column) {
    return distinct[column].estimate();
  }

  /** The least value; infinite where there is none. */
  double least(int column) {
    return least[column];
  }

  double greatest(int column) {
    return greatest[column];
  }
}
