package dev.lockstep.evaluation.command;

import dev.lockstep.data.command.CommandSession;
import dev.lockstep.data.command.CommonOptions;
import dev.lockstep.distributor.command.JobFlags;
import dev.lockstep.distributor.doctor.Doctor;
import dev.lockstep.distributor.doctor.Finding;
import dev.lockstep.distributor.doctor.Needs;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.ExperimentFile;
import dev.lockstep.distributor.training.Trainer;
import dev.lockstep.distributor.training.TrainingSpec;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.LedgerCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep doctor}. */
@Command(
    name = "doctor",
    description =
        "Checks whether the cluster can run an experiment, and suggests fixes. Exit code 1 if it"
            + " cannot.")
public final class DoctorCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;
  @Mixin private JobFlags job;
  @Mixin private LedgerOption ledger;

  @Parameters(
      paramLabel = "EXPERIMENT",
      arity = "0..1",
      description =
          "The experiment file; without one, the cluster is looked at for a job of two ranks.")
  private String file;

  @Option(names = "--ranks", description = "Ranks, instead of what the file says.")
  private Integer ranks;

  @Option(names = "--output", description = "Output folder, instead of what the file says.")
  private String output;

  @Override
  public Integer call() {
    TrainingSpec training = TrainingSpec.defaults();
    String folder = "lockstep-runs";
    Experiment experiment = null;
    if (file != null) {
      experiment = ExperimentFile.read(file);
      experiment = ranks == null ? experiment : experiment.withRanks(ranks);
      training = Trainer.complete(experiment.models().get(0), experiment.training());
      folder = experiment.output();
    }
    training = ranks == null ? training : training.withRanks(ranks);
    folder = output == null ? folder : output;
    SparkSession spark = CommandSession.of(options);
    Ledger runs = new Ledger(spark, ledger.path(folder));
    Needs needs = Needs.of(training, job.options(), folder).withLedger(runs.path());
    List<Finding> findings = new ArrayList<>();
    if (experiment != null) {
      TableCheck table = TableCheck.of(spark, experiment.data(), needs);
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
}
