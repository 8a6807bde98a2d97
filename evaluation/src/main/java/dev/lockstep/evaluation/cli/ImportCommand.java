package dev.lockstep.evaluation.cli;

import dev.lockstep.data.ingest.Import;
import dev.lockstep.data.ingest.ImportReport;
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
  @Mixin private ImportFlags flags;

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

  @Override
  public Integer call() {
    ImportReport report =
        new Import(CommandSession.of(options), flags.spec(file, table, label), options.progress())
            .run();
    options.print(report, report.text());
    return 0;
  }
}
