package dev.lockstep.data.ingest;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the values of a column are as numbers, if the decimal mark is a given one. */
final class NumberTally implements Serializable {
  /** Up to here a double holds every whole number. */
  private static final BigDecimal EXACT = new BigDecimal(1L << 53);

  private static final BigDecimal LONGEST = new BigDecimal(Long.MAX_VALUE);
  private static final int UNITS = 8;

  private final DecimalMark decimal;
  private final Map<String, Unit> units = new LinkedHashMap<>();
  private final Examples others = new Examples();

  NumberTally(DecimalMark decimal) {
    this.decimal = decimal;
  }

  /** The numbers of one currency, of percents, or of none of these. */
  static final class Unit implements Serializable {
    private final Examples all = new Examples();
    private final Examples leadingZeros = new Examples();
    private final Examples grouped = new Examples();
    private final Examples inexact = new Examples();
    private final Examples tooLong = new Examples();
    private long whole;

    private void add(String text, NumberText number) {
      all.add(text);
      if (number.grouped()) {
        grouped.add(text);
      }
      if (!number.whole()) {
        return;
      }
      whole++;
      if (number.hasLeadingZero()) {
        leadingZeros.add(text);
      }
      if (number.plain().length() > 15 && number.size().compareTo(EXACT) > 0) {
        inexact.add(text);
        if (number.size().compareTo(LONGEST) > 0) {
          tooLong.add(text);
        }
      }
    }

    private void merge(Unit later) {
      all.merge(later.all);
      leadingZeros.merge(later.leadingZeros);
      grouped.merge(later.grouped);
      inexact.merge(later.inexact);
      tooLong.merge(later.tooLong);
      whole += later.whole;
    }

    /** All of its numbers. */
    Examples all() {
      return all;
    }

    /** Whole numbers such as 00501. */
    Examples leadingZeros() {
      return leadingZeros;
    }

    /** Numbers with a separator between thousands. */
    Examples grouped() {
      return grouped;
    }

    /** Whole numbers beyond 2^53. */
    Examples inexact() {
      return inexact;
    }

    /** Whole numbers that no long can hold. */
    Examples tooLong() {
      return tooLong;
    }

    /** Whether all of them are whole numbers. */
    boolean isWhole() {
      return whole == all.count();
    }
  }

  /** Whether the text is a number. */
  boolean add(String text) {
    Optional<NumberText> number = NumberText.read(text, decimal);
    if (number.isEmpty()) {
      others.add(text);
      return false;
    }
    String unit = number.get().unit();
    if (units.size() < UNITS || units.containsKey(unit)) {
      units.computeIfAbsent(unit, u -> new Unit()).add(text, number.get());
    } else {
      others.add(text);
    }
    return true;
  }

  void merge(NumberTally later) {
    later.units.forEach((name, unit) -> units.computeIfAbsent(name, u -> new Unit()).merge(unit));
    others.merge(later.others);
  }

  /** The unit that most of the numbers have. */
  String unit() {
    return units.entrySet().stream()
        .max(Comparator.comparingLong(e -> e.getValue().all().count()))
        .map(Map.Entry::getKey)
        .orElse("");
  }

  /** The numbers of that unit; none if there are no numbers. */
  Unit numbers() {
    return units.getOrDefault(unit(), new Unit());
  }

  /** Values that are no numbers of that unit. */
  Examples misfits() {
    Examples misfits = new Examples();
    misfits.merge(others);
    units.forEach(
        (name, unit) -> {
          if (!name.equals(unit())) {
            misfits.merge(unit.all());
          }
        });
    return misfits;
  }
}
