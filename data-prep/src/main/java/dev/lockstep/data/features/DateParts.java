package dev.lockstep.data.features;

import java.io.Serializable;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a column of dates or timestamps is beside a number: the number is its age, in days from a
 * reference, and for each cycle of the calendar it has a sine and a cosine, so that the last day of
 * a cycle lies beside the first.
 *
 * @param reference the latest value of the train split, in the column's own unit
 * @param perDay how many of the column's units a day has: 1 for dates, 86,400 for timestamps
 * @param cycles those in which the train split's values differ
 */
record DateParts(double reference, int perDay, List<Cycle> cycles) implements Serializable {
  DateParts {
    cycles = List.copyOf(cycles);
  }

  /**
   * Learns the parts.
   *
   * @param ascending the train split's values that are not missing, ascending; at least one
   */
  static DateParts of(double[] ascending, int perDay) {
    List<Cycle> differing =
        Stream.of(Cycle.values())
            .filter(
                cycle -> {
                  double first = cycle.phase(ascending[0] / perDay);
                  return Arrays.stream(ascending).anyMatch(v -> cycle.phase(v / perDay) != first);
                })
            .toList();
    return new DateParts(ascending[ascending.length - 1], perDay, differing);
  }

  /** Days from the reference: below 0 before it, so that later dates are greater numbers. */
  double days(double value) {
    return (value - reference) / perDay;
  }

  /** Number of entries in an encoded row, beside that of the number and of its absence. */
  int entries() {
    return 2 * cycles.size();
  }

  /**
   * An entry: of each cycle the sine, then the cosine; both are 0, the middle of the circle, where
   * the date is missing.
   *
   * @param value in the column's own unit; NaN where it is missing
   */
  float entry(int which, double value) {
    if (Double.isNaN(value)) {
      return 0;
    }
    double angle = 2 * Math.PI * cycles.get(which / 2).phase(value / perDay);
    // StrictMath has the same bits on every machine.
    return (float) (which % 2 == 0 ? StrictMath.sin(angle) : StrictMath.cos(angle));
  }

  /** What follows the column's name in that of an entry. */
  String suffix(int which) {
    return "_" + cycles.get(which / 2).word() + (which % 2 == 0 ? "_sin" : "_cos");
  }

  /** The parts of a column, as a report says them. */
  DateFeature described(String name) {
    String latest =
        perDay == 1
            ? LocalDate.ofEpochDay((long) reference).toString()
            : Instant.ofEpochSecond((long) Math.floor(reference)).toString();
    return new DateFeature(name, latest, cycles.stream().map(Cycle::word).toList());
  }
}
