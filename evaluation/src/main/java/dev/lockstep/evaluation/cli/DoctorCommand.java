package dev.lockstep.evaluation.cli;

import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.preflight.Doctor;
import dev.lockstep.distributor.preflight.Finding;
import dev.lockstep.distributor.preflight.Needs;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.Training;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.LedgerCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code lockstep doctor}. */
@Command(
    name = "doctor",
    description =
        "Checks whether the cluster can run an experiment, and suggests fixes. Exit code 1 if it"
            + " cannot.")
final class DoctorCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;
  @Mixin private ExperimentOptions given;
  @Mixin private JobFlags job;
  @Mixin private LedgerOption ledger;

  @Parameters(
      paramLabel = "EXPERIMENT",
      arity = "0..1",
      description =
          "The experiment file; without one, the cluster is looked at for a job of two ranks.")
  private String file;

  @Override
  public Integer call() {
    Optional<Experiment> experiment = Optional.ofNullable(file).map(given::read);
    List<Training> trainings =
        experiment
            .map(e -> e.networks().stream().map(Network::training).toList())
            .orElseGet(() -> List.of(withoutFile()));
    String folder =
        experiment
            .map(Experiment::output)
            .orElseGet(() -> given.output().orElse(Experiment.OUTPUT));
    SparkSession spark = CommandSession.of(options);
    Ledger runs = new Ledger(spark, ledger.path(folder));
    Needs needs =
        Needs.of(trainings, job.options(), folder)
            .withLedger(runs.path())
            .withNetworks(experiment.map(Experiment::networks).orElse(List.of()));
    List<Finding> findings = new ArrayList<>();
    if (experiment.isPresent()) {
      TableCheck table = TableCheck.of(spark, experiment.get().data(), needs);
      findings.add(table.finding());
      needs = table.needs();
    }
    findings.addAll(new Doctor(spark, needs, List.of(new LedgerCheck(runs))).examine());
    boolean failed = Doctor.isFailed(findings);
    options.print(
        Map.of("usable", !failed, "findings", findings),
        findings.stream().map(Finding::line).collect(Collectors.joining("\n")));
    return failed ? 1 : 0;
  }

  private Training withoutFile() {
    TrainingOptions options = TrainingOptions.defaults();
    return new Training(given.ranks().map(options::withRanks).orElse(options));
  }
}
