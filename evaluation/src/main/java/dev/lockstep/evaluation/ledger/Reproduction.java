package dev.lockstep.evaluation.ledger;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.data.snapshot.TablePlace;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.SplitSpec;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.ExperimentFile;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.evaluation.comparison.ComparisonListener;
import dev.lockstep.evaluation.provenance.Change;
import dev.lockstep.evaluation.provenance.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;

/**
 * A run reproduced from its row in the ledger.
 *
 * @param run the run
 * @param again the run that was made now
 * @param same whether weights and metrics are the same, bit for bit
 * @param changed inputs that are not what they were
 * @param differences what came out otherwise
 */
public record Reproduction(
    String run, String again, boolean same, List<Change> changed, List<Change> differences) {
  /** Copies the lists. */
  public Reproduction {
    changed = List.copyOf(changed);
    differences = List.copyOf(differences);
  }

  /**
   * Runs it again, on the version that it read, with the experiment that its row holds.
   *
   * @param output where the run's folder goes
   * @throws LockstepException if the run has no result, if a table was recreated, or its version is
   *     gone; and as {@link RecordedComparison#run} or {@link RecordedTraining#run}
   */
  public static Reproduction of(
      SparkSession spark,
      RendezvousOptions job,
      ComparisonListener listener,
      Ledger ledger,
      RunRecord run,
      String output) {
    if (run.status() != RunRecord.Status.finished) {
      throw new LockstepException(
          "run %s has no result: it %s (%s)".formatted(run.runId(), run.status(), run.error()),
          "Choose a run that has finished");
    }
    Experiment experiment = experiment(spark, run).withOutput(output);
    List<Change> changed = run.environment().changes(Environment.of(spark));
    changed.forEach(change -> listener.warned("since run " + run.runId() + ": " + change));
    String command = "bin/lockstep reproduce " + run.runId();
    String id =
        switch (run.kind()) {
          case comparison ->
              new RecordedComparison(spark, job, listener, ledger)
                  .run(experiment, command, run.overrides())
                  .runId();
          case training ->
              new RecordedTraining(spark, job, listener, ledger)
                  .run(experiment, command, run.overrides())
                  .runId();
        };
    RunRecord again = ledger.find(id);
    RunDiff diff = RunDiff.of(run, again);
    List<Change> differences = new ArrayList<>(diff.result());
    differences.addAll(Change.of("rows of ", run.data().splits(), again.data().splits()));
    differences.addAll(
        Change.of("feature model", run.data().featureModelHash(), again.data().featureModelHash()));
    return new Reproduction(run.runId(), id, differences.isEmpty(), changed, differences);
  }

  /**
   * The experiment of a run on the very versions that it read.
   *
   * @throws LockstepException if a table was recreated since
   */
  public static Experiment experiment(SparkSession spark, RunRecord run) {
    checkId(spark, run, run.data().source());
    run.data().testSource().ifPresent(test -> checkId(spark, run, test));
    return pinned(run);
  }

  /** The experiment as it was run: options of the command, versions that were found then. */
  private static Experiment pinned(RunRecord run) {
    Experiment experiment =
        ExperimentFile.parse(run.experiment(), "the experiment of run " + run.runId());
    DataSpec spec = experiment.data();
    SplitSpec split =
        run.data()
            .testSource()
            .map(test -> spec.split().pinned(test.address(), test.version()))
            .orElse(spec.split());
    PinnedTable source = run.data().source();
    Experiment pinned = experiment.withData(spec.pinned(source.address(), source.version(), split));
    String ranks = run.overrides().get("ranks");
    return ranks == null ? pinned : pinned.withRanks(Integer.parseInt(ranks));
  }

  private static void checkId(SparkSession spark, RunRecord run, PinnedTable table) {
    String id = TablePlace.of(spark, table.address()).id();
    if (!id.equals(table.id())) {
      throw new LockstepException(
          "cannot reproduce run %s: %s was recreated since; its table id was %s and is %s"
              .formatted(run.runId(), table.table(), table.id(), id),
          "Restore the original table at " + table.location());
    }
  }

  /** The outcome in words. */
  public String sentence() {
    String changes = changed.stream().map(Change::toString).collect(Collectors.joining("; "));
    if (same) {
      return "Reproduced: run %s has the weights and the metrics of run %s, bit for bit%s."
          .formatted(again, run, changed.isEmpty() ? "" : ", although " + changes);
    }
    return "NOT reproduced: run %s differs from run %s. %s"
        .formatted(
            again,
            run,
            changed.isEmpty()
                ? "No recorded input has changed; a difference in the last digits then comes from"
                    + " the machine, any other is a bug."
                : "What changed: " + changes + ".");
  }

  /** As it goes out as JSON. */
  public Map<String, Object> json() {
    Map<String, Object> all = dev.lockstep.data.Json.fields(this);
    all.put("sentence", sentence());
    return all;
  }
}
