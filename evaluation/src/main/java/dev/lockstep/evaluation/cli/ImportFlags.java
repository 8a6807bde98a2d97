package dev.lockstep.evaluation.cli;

import dev.lockstep.data.ingest.ImportSpec;
import dev.lockstep.data.ingest.TextOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** How files are read that become a Delta table; a mixin or a group of picocli. */
final class ImportFlags {
  @Option(
      names = "--header",
      negatable = true,
      description = "Whether a CSV file's first line names the columns. Default: detected.")
  private Boolean header;

  @Option(
      names = "--columns",
      split = ",",
      paramLabel = "NAME",
      description = "Names of the columns, in order.")
  private List<String> columns = List.of();

  @Option(
      names = "--types",
      split = ",(?![^()]*\\))", // Not the comma of decimal(10,2).
      splitSynopsisLabel = ",",
      paramLabel = "COLUMN=TYPE",
      description =
          "Types such as zip=string or price=decimal(10,2), instead of what the values look like.")
  private Map<String, String> types = new LinkedHashMap<>();

  @Option(
      names = "--missing",
      paramLabel = "MARK",
      description =
          "A further mark of a missing value. Known are empty, ?, NA, N/A, #N/A, null, NaN and \\N, and among numbers also -, None and a spreadsheet's errors. With --missing '' only those given are.")
  private List<String> missing = List.of();

  @Option(
      names = "--separator",
      paramLabel = "TEXT",
      description =
          "What separates a CSV file's fields, or its name: comma, semicolon, tab, pipe, space, ^A. Default: detected.")
  private String separator;

  @Option(
      names = "--quote",
      paramLabel = "CHARACTER",
      description = "The quote character of a CSV file's fields, or none. Default: \".")
  private String quote;

  @Option(
      names = "--decimal",
      paramLabel = "MARK",
      description = "The decimal mark of a CSV file's numbers, . or ,. Default: detected.")
  private String decimal;

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      description =
          "The encoding of a CSV file, such as ISO-8859-1. Default: by its byte order mark, or else UTF-8.")
  private String encoding;

  @Option(
      names = "--day-first",
      negatable = true,
      description =
          "Whether 03/04/2024 is in April. Default: inferred from the dates, where they tell.")
  private Boolean dayFirst;

  @Option(names = "--overwrite", description = "Write a new version of an existing table.")
  private boolean overwrite;

  /** The import of a file into a table. */
  ImportSpec spec(String file, String table, String label) {
    TextOptions text =
        new TextOptions(header, separator, quote, decimal, encoding, dayFirst, missing);
    return new ImportSpec(file, table, label, columns, types, text, overwrite);
  }

  /** Whether an existing table gets a new version. */
  boolean overwrites() {
    return overwrite;
  }
}
