package dev.lockstep.data.features;

import java.time.LocalDate;
import java.util.Locale;

/** A stretch of the calendar that comes again and again, and the place of a moment in it. */
enum Cycle {
  /** The hours, minutes and seconds of the day, in UTC. */
  DAY {
    @Override
    double phase(double days) {
      return days - Math.floor(days);
    }
  },
  /** The day of the week, from Monday on. */
  WEEK {
    @Override
    double phase(double days) {
      // The first day of 1970 was a Thursday.
      return Math.floorMod((long) Math.floor(days) + 3, 7) / 7.0;
    }
  },
  /** The day of the month. */
  MONTH {
    @Override
    double phase(double days) {
      LocalDate date = date(days);
      return (date.getDayOfMonth() - 1.0) / date.lengthOfMonth();
    }
  },
  /** The day of the year. */
  YEAR {
    @Override
    double phase(double days) {
      LocalDate date = date(days);
      return (date.getDayOfYear() - 1.0) / date.lengthOfYear();
    }
  };

  /**
   * The share of the cycle that is over, from 0 to below 1.
   *
   * @param days days since the beginning of 1970, with their fraction
   */
  abstract double phase(double days);

  /** Its name, as a person reads it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static LocalDate date(double days) {
    return LocalDate.ofEpochDay((long) Math.floor(days));
  }
}
