package dev.lockstep.data.ingest;

import java.io.Serializable;
import java.util.Optional;

/** What the values of a column are as dates of a given order. */
final class DateTally implements Serializable {
  private final DateOrder order;
  private final Examples dates = new Examples();
  private final Examples misfits = new Examples();
  private long timed;
  private long timedWithoutZone;

  DateTally(DateOrder order) {
    this.order = order;
  }

  void add(String text) {
    Optional<DateText> date = DateText.read(text, order);
    if (date.isEmpty()) {
      misfits.add(text);
      return;
    }
    dates.add(text);
    if (date.get().time().isPresent()) {
      timed++;
      timedWithoutZone += date.get().zone().isEmpty() ? 1 : 0;
    }
  }

  void merge(DateTally later) {
    dates.merge(later.dates);
    misfits.merge(later.misfits);
    timed += later.timed;
    timedWithoutZone += later.timedWithoutZone;
  }

  DateOrder order() {
    return order;
  }

  Examples dates() {
    return dates;
  }

  /** Values that are no such dates. */
  Examples misfits() {
    return misfits;
  }

  /** Whether some have a time of day. */
  boolean hasTimes() {
    return timed > 0;
  }

  /** Whether some have a time of day and no zone. */
  boolean lacksZones() {
    return timedWithoutZone > 0;
  }
}
