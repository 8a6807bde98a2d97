package dev.lockstep.evaluation.cli;

import dev.lockstep.data.Json;
import dev.lockstep.distributor.bench.CriteoTable;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep bench criteo}. */
@Command(
    name = "criteo",
    description =
        "Makes a Delta table in the form of the Criteo data, 13 numbers and 26 categories, and two"
            + " experiments on it: sharded.yaml with all ids, hashed.yaml with the large"
            + " categories' ids hashed to 100,000 indices in all.")
final class BenchCriteoCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;

  @Option(
      names = "--folder",
      defaultValue = "criteo",
      description =
          "Where the table and the experiments go; nothing may be there. Default: ${DEFAULT-VALUE}.")
  private String folder;

  @Option(
      names = "--rows",
      defaultValue = "4000000",
      description = "Rows of the table. Default: ${DEFAULT-VALUE}.")
  private long rows;

  @Option(
      names = "--ids",
      defaultValue = "10000000",
      description =
          "Ids that all categories together can have; few of them are frequent. Default:"
              + " ${DEFAULT-VALUE}.")
  private int ids;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of all values. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  public Integer call() throws IOException {
    CriteoTable table = new CriteoTable(rows, ids, seed);
    CriteoTable.Result result = table.write(CommandSession.of(options), folder, options.progress());
    Lines.to(options).accept(Json.line(result));
    return 0;
  }
}
