package dev.lockstep.evaluation.cli;

import dev.lockstep.data.proposal.Proposal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code lockstep init}. */
@Command(
    name = "init",
    description =
        "Writes an experiment file for a table: task, key, features and what is left out, found out from the table, each with its reason.")
final class InitCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;

  @Parameters(
      paramLabel = "TABLE",
      description =
          "A Delta table: a path, or a name in the catalog; or CSV or Parquet files, which are imported first.")
  private String data;

  @ArgGroup(exclusive = false, multiplicity = "1")
  private DataFlags flags;

  @Override
  public Integer call() {
    NewExperiment experiment = new NewExperiment(data, flags, options);
    Proposal proposal = experiment.write();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("experiment", flags.experiment().toString());
    result.put("table", proposal.snapshot().table());
    result.put("version", proposal.snapshot().version());
    result.put("task", proposal.task());
    result.put("label", proposal.label());
    result.put("columns", proposal.columns());
    options.print(result, "Run it: " + experiment.rerun());
    return 0;
  }
}
