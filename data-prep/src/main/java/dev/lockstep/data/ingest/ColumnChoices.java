package dev.lockstep.data.ingest;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.ingest.ColumnReading.Kind;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.TimestampType;

/** Chooses how each column of a CSV file is read, and writes down what is not plain to see. */
final class ColumnChoices {
  /** With more odd values among numbers than one in five, a column is one of text. */
  private static final int ODD_SHARE = 5;

  private final TextOptions options;
  private final Marks marks;
  private final ZoneId zone;
  private final List<String> notes;
  private final DecimalMark usual;
  private final List<String> missingNumbers = new ArrayList<>();
  private final List<String> missingWords = new ArrayList<>();

  /**
   * For the columns of one import.
   *
   * @param tallies what is known of their values
   * @param separator what stands between fields
   * @param notes gets what a user should know
   */
  ColumnChoices(
      List<ColumnTally> tallies,
      String separator,
      TextOptions options,
      Marks marks,
      ZoneId zone,
      List<String> notes) {
    this.options = options;
    this.marks = marks;
    this.zone = zone;
    this.notes = notes;
    this.usual = options.decimalMark().orElseGet(() -> usual(tallies, separator));
  }

  /** The decimal mark that tells itself in most values; else the one that goes with separators. */
  private static DecimalMark usual(List<ColumnTally> tallies, String separator) {
    long points = evidence(tallies, DecimalMark.POINT);
    long commas = evidence(tallies, DecimalMark.COMMA);
    if (points == commas) {
      return separator.equals(";") ? DecimalMark.COMMA : DecimalMark.POINT;
    }
    return commas > points ? DecimalMark.COMMA : DecimalMark.POINT;
  }

  private static long evidence(List<ColumnTally> tallies, DecimalMark decimal) {
    return tallies.stream()
        .filter(t -> isFew(t.numbers(decimal).misfits().count(), t))
        .mapToLong(t -> t.only(decimal))
        .sum();
  }

  private static boolean isFew(long misfits, ColumnTally tally) {
    return misfits * ODD_SHARE <= tally.filled() && misfits < tally.filled();
  }

  /**
   * Chooses for one column.
   *
   * @param given the type that the user asked for
   * @param isLabel whether it is the column to be predicted
   */
  ColumnReading choose(String name, ColumnTally tally, Optional<DataType> given, boolean isLabel) {
    DecimalMark decimal = decimal(tally);
    NumberTally numbers = tally.numbers(decimal);
    DateTally dates = dates(tally);
    Kind kind =
        given.isPresent()
            ? kind(name, given.get(), dates, tally)
            : kind(name, tally, numbers, dates, decimal, isLabel);
    noteMissing(name, tally, kind);
    return new ColumnReading(kind, decimal, numbers.unit(), dates.order(), zone, marks);
  }

  /** The usual mark, unless the values fit the other one better and it was not given. */
  private DecimalMark decimal(ColumnTally tally) {
    long misfits = tally.numbers(usual).misfits().count();
    boolean other = tally.numbers(usual.other()).misfits().count() < misfits;
    return other && options.decimalMark().isEmpty() ? usual.other() : usual;
  }

  private DateTally dates(ColumnTally tally) {
    DateTally most = tally.dates();
    if (options.dayFirst() == null || most.order() == DateOrder.YEAR_FIRST) {
      return most;
    }
    return tally.dates(options.dayFirst() ? DateOrder.DAY_FIRST : DateOrder.MONTH_FIRST);
  }

  private Kind kind(String name, DataType given, DateTally dates, ColumnTally tally) {
    if (given instanceof NumericType) {
      return Kind.NUMERAL;
    }
    if (!(given instanceof DateType || given instanceof TimestampType)) {
      return Kind.TEXT;
    }
    if (tally.filled() == 0 || dates.misfits().count() > 0) {
      return Kind.NUMERAL;
    }
    if (isAmbiguous(tally, dates)) {
      throw new LockstepException(
          "dates of column '%s' such as '%s' may have the day first or the month first"
              .formatted(name, Excerpt.of(dates.dates().first())),
          "Add --day-first or --no-day-first");
    }
    return dates.hasTimes() ? Kind.TIMESTAMP : Kind.DATE;
  }

  private boolean isAmbiguous(ColumnTally tally, DateTally dates) {
    return dates.order() == DateOrder.DAY_FIRST
        && options.dayFirst() == null
        && tally.dates(DateOrder.MONTH_FIRST).misfits().count() == 0;
  }

  private Kind kind(
      String name,
      ColumnTally tally,
      NumberTally numbers,
      DateTally dates,
      DecimalMark decimal,
      boolean isLabel) {
    if (tally.filled() == 0) {
      return Kind.TEXT;
    }
    if (numbers.misfits().count() == 0) {
      return number(name, tally, numbers, decimal);
    }
    if (dates.misfits().count() == 0) {
      return date(name, tally, dates);
    }
    if (isLabel && tally.allStopped()) {
      notes.add("every value of the label ended with a full stop, which was taken off");
      return Kind.TEXT_WITHOUT_STOP;
    }
    if (isFew(numbers.misfits().count(), tally)) {
      odd(name, numbers.misfits(), "numbers");
    } else if (isFew(dates.misfits().count(), tally)) {
      odd(name, dates.misfits(), "dates");
    }
    return Kind.TEXT;
  }

  private void odd(String name, Examples misfits, String others) {
    notes.add(
        "column '%s' is text because of %,d value%s such as %s among %s (--missing '%s' takes them as missing)"
            .formatted(
                name,
                misfits.count(),
                misfits.count() == 1 ? "" : "s",
                Excerpt.counted(misfits.some()),
                others,
                Excerpt.of(misfits.first())));
  }

  private Kind number(String name, ColumnTally tally, NumberTally numbers, DecimalMark decimal) {
    NumberTally.Unit all = numbers.numbers();
    if (all.leadingZeros().count() > 0) {
      notes.add(
          "column '%s' is text, as whole numbers such as '%s' begin with a zero (--types %s=bigint makes numbers of them)"
              .formatted(name, Excerpt.of(all.leadingZeros().first()), name));
      return Kind.TEXT;
    }
    if (all.isWhole() && all.tooLong().count() > 0) {
      notes.add(
          "column '%s' is text, as whole numbers such as '%s' have too many digits for a number (--types %s=double rounds them)"
              .formatted(name, Excerpt.of(all.tooLong().first()), name));
      return Kind.TEXT;
    }
    if (all.isWhole() && all.inexact().count() > 0) {
      notes.add(
          "column '%s' has whole numbers beyond 2^53, such as '%s', which are kept exactly; as a feature it is a category, since floating numbers do not tell such numbers apart"
              .formatted(name, Excerpt.of(all.inexact().first())));
    }
    noteForm(name, tally, numbers, decimal);
    return all.isWhole() ? Kind.WHOLE : Kind.NUMBER;
  }

  private void noteForm(String name, ColumnTally tally, NumberTally numbers, DecimalMark decimal) {
    NumberTally.Unit all = numbers.numbers();
    if (numbers.unit().equals("%")) {
      notes.add(
          "column '%s' is in percent, such as '%s', of which the number was kept"
              .formatted(name, Excerpt.of(all.all().first())));
    } else if (!numbers.unit().isEmpty()) {
      notes.add(
          "column '%s' is in '%s', such as '%s', of which the number was kept"
              .formatted(name, numbers.unit(), Excerpt.of(all.all().first())));
    }
    if (all.grouped().count() > 0) {
      notes.add(
          "column '%s' has separators between thousands, such as in '%s'%s"
              .formatted(
                  name,
                  Excerpt.of(all.grouped().first()),
                  tally.only(decimal) > 0
                      ? ""
                      : " (--decimal '%s' if they are decimal marks)"
                          .formatted(decimal.thousands())));
    }
    if (decimal == DecimalMark.COMMA && !all.isWhole() && options.decimalMark().isEmpty()) {
      notes.add("column '%s' has decimal commas (--decimal . if they are not)".formatted(name));
    }
  }

  private Kind date(String name, ColumnTally tally, DateTally dates) {
    if (isAmbiguous(tally, dates)) {
      notes.add(
          "column '%s' is text, as dates such as '%s' may have the day first or the month first (--day-first or --no-day-first says which)"
              .formatted(name, Excerpt.of(dates.dates().first())));
      return Kind.TEXT;
    }
    if (dates.order() != DateOrder.YEAR_FIRST) {
      notes.add(
          "column '%s' has dates such as '%s', read as %s"
              .formatted(name, Excerpt.of(dates.dates().first()), dates.order().words()));
    }
    if (dates.lacksZones()) {
      notes.add("column '%s' has times without a zone, read as %s".formatted(name, zone));
    }
    return dates.hasTimes() ? Kind.TIMESTAMP : Kind.DATE;
  }

  private void noteMissing(String name, ColumnTally tally, Kind kind) {
    if (kind.isText() && tally.filled() > 0) {
      tally.missing().entrySet().stream()
          .filter(e -> !e.getKey().isEmpty())
          .sorted(Map.Entry.comparingByKey())
          .forEach(e -> missingWords.add(marked(name, e)));
    }
    if (!kind.isText()) {
      tally.perhapsMissing().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(e -> missingNumbers.add(marked(name, e)));
    }
  }

  private static String marked(String name, Map.Entry<String, Long> mark) {
    return "'%s' %s (%,d)".formatted(name, mark.getKey(), mark.getValue());
  }

  /** Writes down which texts were taken for missing values. */
  void noteMissing() {
    Stream.of(
            Map.entry("missing among numbers: ", missingNumbers),
            Map.entry("missing in columns of text: ", missingWords))
        .filter(e -> !e.getValue().isEmpty())
        .forEach(
            e ->
                notes.add(
                    e.getKey()
                        + String.join(", ", e.getValue())
                        + " (--missing '' keeps them as values)"));
  }
}
