package dev.lockstep.evaluation.report;

import dev.lockstep.data.Figures;
import dev.lockstep.data.profile.ColumnProfile;
import dev.lockstep.data.profile.DataProfile;
import dev.lockstep.data.profile.Drift;
import dev.lockstep.data.profile.LabelBalance;
import dev.lockstep.data.profile.Numbers;
import dev.lockstep.data.profile.ValueCount;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The data in words. */
final class DataWords {
  private static final int LONGEST = 32;
  private static final int MOST_NAMED = 12;

  private DataWords() {}

  /** How many rows are used, and how many are not. */
  static String rows(DataProfile data, long version) {
    String used = String.format(Locale.ROOT, "%,d rows are used", data.rows());
    if (data.leftOut() == 0) {
      return used + "; none of version %d is left out.".formatted(version);
    }
    return String.format(
        Locale.ROOT,
        "%s; %,d rows of version %d are left out, by 'where', by 'onBadRow' or for their key.",
        used,
        data.leftOut(),
        version);
  }

  /** The classes with most rows over all splits, the fullest first. */
  static List<Integer> fullest(LabelBalance balance, int most) {
    return IntStream.range(0, balance.classes().size())
        .boxed()
        .sorted(
            Comparator.comparingLong(
                part -> -balance.rows().values().stream().mapToLong(r -> r.get(part)).sum()))
        .limit(most)
        .toList();
  }

  static String rowsAndShare(long rows, double share) {
    return String.format(Locale.ROOT, "%,d (%s)", rows, percent(share));
  }

  static String missing(ColumnProfile column, long rows) {
    return column.missing() == 0 ? Figures.NONE : percent(column.missing() / (double) rows);
  }

  /** A share that is neither 0 nor 1 never looks as if it were. */
  static String percent(double share) {
    if (share > 0 && share < 0.001) {
      return "< 0.1 %";
    }
    if (share < 1 && share > 0.999) {
      return "> 99.9 %";
    }
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** The range of a number, or the most frequent value. */
  static String values(ColumnProfile column, long rows) {
    if (column.numbers().isPresent()) {
      Numbers n = column.numbers().get();
      return "%s … %s … %s"
          .formatted(
              value(column.type(), n.least()),
              value(column.type(), n.mean()),
              value(column.type(), n.greatest()));
    }
    if (column.frequent().isEmpty()) {
      return "no value";
    }
    ValueCount most = column.frequent().get(0);
    String shown = most.value();
    if (shown.length() > LONGEST) {
      shown = shown.substring(0, LONGEST - 1) + "…";
    }
    return "%s, %s".formatted(shown, percent(most.rows() / (double) rows));
  }

  private static String value(String type, double value) {
    return switch (type) {
      case "date" -> LocalDate.ofEpochDay(Math.round(value)).toString();
      case "timestamp", "timestamp_ntz" -> Instant.ofEpochSecond(Math.round(value)).toString();
      default -> Figures.compact(value);
    };
  }

  /** What moved, and what cannot be compared. */
  static String drift(Drift drift, long version) {
    List<String> much = drift.much();
    String text =
        String.format(
            Locale.ROOT,
            "Version %d, the one before the last change of rows, had %,d rows. ",
            drift.version(),
            drift.rows());
    text +=
        much.isEmpty()
            ? "No column has a population stability index above %s between it and version %d."
                .formatted(Drift.MUCH, version)
            : "Above %s between it and version %d: %s."
                .formatted(
                    Drift.MUCH,
                    version,
                    named(
                        much.stream()
                            .map(c -> "%s (%s)".formatted(c, Figures.of(drift.index().get(c), 2)))
                            .toList()));
    return drift.incomparable().isEmpty()
        ? text
        : text + " New since then, or of another type: " + named(drift.incomparable()) + ".";
  }

  private static String named(List<String> names) {
    String first = names.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
    int more = names.size() - MOST_NAMED;
    return more > 0 ? first + " and %,d more".formatted(more) : first;
  }

  /** What dates have become; empty where there are none that became more than a number. */
  static Optional<String> dates(DataProfile data) {
    if (data.dates().isEmpty()) {
      return Optional.empty();
    }
    List<String> columns =
        data.dates().stream()
            .map(
                date ->
                    "%s (%s)"
                        .formatted(
                            date.name(),
                            Stream.concat(
                                    Stream.of("days from " + date.reference()),
                                    date.cycles().stream().map(cycle -> "place in the " + cycle))
                                .collect(Collectors.joining(", "))))
            .toList();
    return Optional.of(
        "Dates are features by their age, in days from the latest one of the train split, and by their place in the cycles of the calendar, in UTC: "
            + named(columns)
            + ".");
  }

  /** Columns with missing values, those with most first. */
  static String missing(DataProfile data) {
    List<String> columns =
        data.columns().stream()
            .filter(c -> c.missing() > 0)
            .sorted(Comparator.comparingLong(c -> -c.missing()))
            .map(c -> c.name() + " " + missing(c, data.rows()))
            .toList();
    return columns.isEmpty() ? "no value is missing" : "missing: " + named(columns);
  }
}
