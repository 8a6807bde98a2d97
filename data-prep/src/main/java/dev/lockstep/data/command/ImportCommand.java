package dev.lockstep.data.command;

import dev.lockstep.data.ingest.Import;
import dev.lockstep.data.ingest.ImportReport;
import dev.lockstep.data.ingest.ImportSpec;
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
    description = "Makes a Delta table of a CSV or Parquet file, and says what was taken for what.")
public final class ImportCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;

  @Parameters(paramLabel = "FILE", description = "A CSV file, or a Parquet file or folder.")
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
      description = "Whether a CSV file's first line names the columns. Default: found out.")
  private Boolean header;

  @Option(
      names = "--columns",
      split = ",",
      paramLabel = "NAME",
      description = "Names of the columns, in order.")
  private List<String> columns = List.of();

  @Option(
      names = "--types",
      split = ",",
      paramLabel = "COLUMN=TYPE",
      description = "Types such as zip=string, instead of what the values look like.")
  private Map<String, String> types = new LinkedHashMap<>();

  @Option(
      names = "--missing",
      paramLabel = "MARK",
      description = "A further mark of a missing value; empty, ?, NA, null and NaN are known.")
  private List<String> missing = List.of();

  @Option(names = "--overwrite", description = "Write a new version of an existing table.")
  private boolean overwrite;

  @Override
  public Integer call() {
    ImportSpec spec =
        new ImportSpec(file, table, label, header, columns, types, missing, overwrite);
    ImportReport report = new Import(options.session(), spec).run();
    options.print(report, report.text());
    return 0;
  }
}
