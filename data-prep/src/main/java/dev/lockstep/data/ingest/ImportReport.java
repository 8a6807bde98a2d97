package dev.lockstep.data.ingest;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What an import took for what.
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
   * @param distinct about how many values it has
   * @param least the least value; empty where all are missing
   * @param greatest the greatest value; empty where all are missing
   * @param role {@code label} or {@code feature}
   */
  public record Imported(
      String name,
      String type,
      long missing,
      long distinct,
      Optional<String> least,
      Optional<String> greatest,
      String role) {}

  /** For a person. */
  public String text() {
    int width = columns.stream().mapToInt(c -> c.name().length()).max().orElse(0);
    String format = "  %-" + Math.max(width, 6) + "s  %-8s  %9s  %9s  %-7s  %s%n";
    StringBuilder text = new StringBuilder();
    text.append("%s version %d, %,d rows%n".formatted(table, version, rows));
    text.append(format.formatted("column", "type", "missing", "distinct", "role", "from .. to"));
    for (Imported c : columns) {
      text.append(
          format.formatted(
              c.name(),
              c.type(),
              "%,d".formatted(c.missing()),
              "~%,d".formatted(c.distinct()),
              c.role(),
              c.least().map(l -> l + " .. " + c.greatest().orElseThrow()).orElse("nothing")));
    }
    return text.append(notes.stream().map(n -> "  note: " + n + "\n").collect(Collectors.joining()))
        .toString()
        .stripTrailing();
  }
}
