package dev.lockstep.data.ingest;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** All that has to be known of a text column's values to choose its type. */
final class ColumnTally implements Serializable {
  private final Marks marks;
  private final Map<String, Long> missing = new LinkedHashMap<>();
  private final Map<String, Long> perhapsMissing = new LinkedHashMap<>();
  private final NumberTally point = new NumberTally(DecimalMark.POINT);
  private final NumberTally comma = new NumberTally(DecimalMark.COMMA);
  private final List<DateTally> dates = Stream.of(DateOrder.values()).map(DateTally::new).toList();
  private long filled;
  private long stopped;
  private long pointOnly;
  private long commaOnly;

  ColumnTally(Marks marks) {
    this.marks = marks;
  }

  /**
   * Counts a value.
   *
   * @param text without blanks around it
   */
  void add(String text) {
    if (marks.everywhere().contains(text)) {
      missing.merge(text, 1L, Long::sum);
      return;
    }
    if (marks.amongNumbers().contains(text)) {
      perhapsMissing.merge(text, 1L, Long::sum);
      return;
    }
    filled++;
    stopped += text.endsWith(".") ? 1 : 0;
    boolean withPoint = point.add(text);
    boolean withComma = comma.add(text);
    pointOnly += withPoint && !withComma ? 1 : 0;
    commaOnly += withComma && !withPoint ? 1 : 0;
    dates.forEach(d -> d.add(text));
  }

  /** Adds what was counted of later rows. */
  void merge(ColumnTally later) {
    later.missing.forEach((mark, n) -> missing.merge(mark, n, Long::sum));
    later.perhapsMissing.forEach((mark, n) -> perhapsMissing.merge(mark, n, Long::sum));
    point.merge(later.point);
    comma.merge(later.comma);
    for (int i = 0; i < dates.size(); i++) {
      dates.get(i).merge(later.dates.get(i));
    }
    filled += later.filled;
    stopped += later.stopped;
    pointOnly += later.pointOnly;
    commaOnly += later.commaOnly;
  }

  /** Number of values that are no mark of a missing one. */
  long filled() {
    return filled;
  }

  /** Marks of missing values, with their counts. */
  Map<String, Long> missing() {
    return missing;
  }

  /** Marks that are missing values in a column of numbers alone, with their counts. */
  Map<String, Long> perhapsMissing() {
    return perhapsMissing;
  }

  /** The values as numbers with a given decimal mark. */
  NumberTally numbers(DecimalMark decimal) {
    return decimal == DecimalMark.POINT ? point : comma;
  }

  /** Number of values that are numbers with this decimal mark, and not with the other. */
  long only(DecimalMark decimal) {
    return decimal == DecimalMark.POINT ? pointOnly : commaOnly;
  }

  /** The order in which most of the values are dates; of two that fit alike, the first. */
  DateTally dates() {
    return dates.stream()
        .reduce((a, b) -> b.dates().count() > a.dates().count() ? b : a)
        .orElseThrow();
  }

  /** The values as dates of a given order. */
  DateTally dates(DateOrder order) {
    return dates.stream().filter(d -> d.order() == order).findFirst().orElseThrow();
  }

  /** Whether all values end with a full stop. */
  boolean allStopped() {
    return filled > 0 && stopped == filled && perhapsMissing.isEmpty();
  }
}
