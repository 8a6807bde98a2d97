package dev.lockstep.data.recipe;

import static org.apache.spark.sql.functions.lit;

import java.util.List;
import org.apache.spark.sql.Column;

/**
 * A stretch of time beside a row's own.
 *
 * @param ending what it adds to the names of features
 * @param from microseconds after the row's time from which on a row belongs to it, often negative
 * @param to microseconds after the row's time before which it ends
 */
record Window(String ending, long from, long to) {
  static final long EVER = Long.MIN_VALUE;

  /** The windows of an aggregate: all end before the row's time. */
  static List<Window> before(List<Period> periods) {
    return periods.isEmpty()
        ? List.of(new Window("", EVER, 0))
        : periods.stream().map(p -> new Window("_" + p.text(), -p.micros(), 0)).toList();
  }

  /** The window of an outcome: begins with the row's time. */
  static List<Window> after(Period within) {
    return List.of(new Window("", 0, within.micros()));
  }

  /** Whether a row of that age, its time less the other's, belongs to it. */
  Column holds(Column later) {
    Column ends = later.lt(lit(to));
    return from == EVER ? ends : ends.and(later.geq(lit(from)));
  }
}
