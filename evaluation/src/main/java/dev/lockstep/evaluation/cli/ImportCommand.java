package dev.lockstep.evaluation.cli;

import dev.lockstep.data.ingest.Import;
import dev.lockstep.data.ingest.ImportReport;
import dev.lockstep.data.ingest.ImportSpec;
import dev.lockstep.data.ingest.TextOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep import}. */
@Command(
    name = "import",
    description =
        "Makes a Delta table of CSV or Parquet files, and reports the names, types and missing values it inferred.")
final class ImportCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;

  @Parameters(
      paramLabel = "FILE",
      description =
          "A CSV file (plain, gz, bz2 or zip) or a Parquet file, a folder of them, or a pattern.")
  private String file;

  @Option(names = "--table", required = true, paramLabel = "DIR", description = "The Delta table.")
  private String table;

  @Option(
      names = "--label",
      required = true,
      paramLabel = "COLUMN",
      description = "The column to be predicted.")
  private String label;

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

  @Override
  public Integer call() {
    TextOptions text =
        new TextOptions(header, separator, quote, decimal, encoding, dayFirst, missing);
    ImportSpec spec = new ImportSpec(file, table, label, columns, types, text, overwrite);
    ImportReport report = new Import(CommandSession.of(options), spec).run();
    options.print(report, report.text());
    return 0;
  }
}
