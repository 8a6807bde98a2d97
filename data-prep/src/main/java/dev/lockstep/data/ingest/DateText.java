package dev.lockstep.data.ingest;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A date as people write it, perhaps with a time of day.
 *
 * @param date the day
 * @param time the time of day; empty for a date alone
 * @param zone the offset that the text names
 */
record DateText(LocalDate date, Optional<LocalTime> time, Optional<ZoneOffset> zone) {
  private static final int SHORTEST = 8;
  private static final int LONGEST = 45;
  private static final int NOON = 12;
  private static final Pattern FORM =
      Pattern.compile(
          "(\\d{1,4})([-/.])(\\d{1,2})\\2(\\d{1,4})"
              + "(?:[T ] ?(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?(?: ?([AaPp][Mm]))?"
              + "(?: ?(Z|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?))?)?");

  /** A text as a date; empty if it is none in that order. */
  static Optional<DateText> read(String text, DateOrder order) {
    if (text.length() < SHORTEST || text.length() > LONGEST || !Character.isDigit(text.charAt(0))) {
      return Optional.empty();
    }
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      return Optional.empty();
    }
    boolean yearFirst = m.group(1).length() == 4 && m.group(4).length() <= 2;
    boolean yearLast = m.group(1).length() <= 2 && m.group(4).length() == 4;
    // Nobody writes a month first with full stops.
    boolean ordered =
        switch (order) {
          case YEAR_FIRST -> yearFirst;
          case DAY_FIRST -> yearLast;
          case MONTH_FIRST -> yearLast && !m.group(2).equals(".");
        };
    try {
      return ordered ? Optional.of(of(m, order)) : Optional.empty();
    } catch (DateTimeException e) { // Such as a 31st of April.
      return Optional.empty();
    }
  }

  private static DateText of(Matcher m, DateOrder order) {
    int first = Integer.parseInt(m.group(1));
    int middle = Integer.parseInt(m.group(3));
    int last = Integer.parseInt(m.group(4));
    LocalDate date =
        switch (order) {
          case YEAR_FIRST -> LocalDate.of(first, middle, last);
          case DAY_FIRST -> LocalDate.of(last, middle, first);
          case MONTH_FIRST -> LocalDate.of(last, first, middle);
        };
    if (m.group(5) == null) {
      return new DateText(date, Optional.empty(), Optional.empty());
    }
    String fraction = m.group(8) == null ? "" : m.group(8);
    LocalTime time =
        LocalTime.of(
            hour(Integer.parseInt(m.group(5)), m.group(9)),
            Integer.parseInt(m.group(6)),
            m.group(7) == null ? 0 : Integer.parseInt(m.group(7)),
            Integer.parseInt((fraction + "000000000").substring(0, 9)));
    return new DateText(date, Optional.of(time), zone(m.group(10)));
  }

  private static int hour(int hour, String half) {
    if (half == null) {
      return hour;
    }
    if (hour < 1 || hour > NOON) {
      throw new DateTimeException("no hour of half a day: " + hour);
    }
    return hour % NOON + (half.toUpperCase(Locale.ROOT).equals("PM") ? NOON : 0);
  }

  private static Optional<ZoneOffset> zone(String text) {
    if (text == null) {
      return Optional.empty();
    }
    return Optional.of(text.matches("[A-Z]+") ? ZoneOffset.UTC : ZoneOffset.of(text));
  }

  /** The moment, in a given zone if the text names none. */
  Instant moment(ZoneId otherwise) {
    ZoneId where = zone.isPresent() ? zone.get() : otherwise;
    return date.atTime(time.orElse(LocalTime.MIDNIGHT)).atZone(where).toInstant();
  }
}
