package dev.lockstep.data.ingest;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an import has written.
 *
 * @param table the Delta table
 * @param version the version that was written
 * @param rows number of rows
 * @param columns its columns
 * @param notes what was decided on the user's behalf, in words
 */
public record ImportReport(
    String table, long version, long rows, List<Imported> columns, List<String> notes) {
  /** Copies the lists. */
  public ImportReport {
    columns = List.copyOf(columns);
    notes = List.copyOf(notes);
  }

  /**
   * A column.
   *
   * @param name its name
   * @param type its type in the table
   * @param missing number of rows without a value
   * @param distinct about how many values it has; empty where its values cannot be compared
   * @param least the least value; empty where all are missing
   * @param greatest the greatest value; empty where all are missing
   * @param role {@code label}, {@code feature}, or {@code unused} for types that are neither
   */
  public record Imported(
      String name,
      String type,
      long missing,
      OptionalLong distinct,
      Optional<String> least,
      Optional<String> greatest,
      String role) {
    private String range() {
      if (least.isEmpty()) {
        return distinct.isPresent() ? "nothing" : "-";
      }
      return Excerpt.of(least.get()) + " .. " + Excerpt.of(greatest.orElseThrow());
    }
  }

  /** For a person. */
  public String text() {
    int name = width("column", columns.stream().map(Imported::name));
    int type = width("type", columns.stream().map(c -> Excerpt.of(c.type())));
    String format = "  %-" + name + "s  %-" + type + "s  %9s  %9s  %-7s  %s%n";
    StringBuilder text = new StringBuilder();
    text.append("%s version %d, %,d rows%n".formatted(table, version, rows));
    text.append(format.formatted("column", "type", "missing", "distinct", "role", "from .. to"));
    for (Imported c : columns) {
      text.append(
          format.formatted(
              c.name(),
              Excerpt.of(c.type()),
              "%,d".formatted(c.missing()),
              c.distinct().isPresent() ? "~%,d".formatted(c.distinct().getAsLong()) : "-",
              c.role(),
              c.range()));
    }
    return text.append(notes.stream().map(n -> "  note: " + n + "\n").collect(Collectors.joining()))
        .toString()
        .stripTrailing();
  }

  private static int width(String heading, Stream<String> entries) {
    return entries.mapToInt(String::length).reduce(heading.length(), Math::max);
  }
}
