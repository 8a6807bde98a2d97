package dev.lockstep.evaluation.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.ExperimentFile;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.evaluation.comparison.ComparisonListener;
import dev.lockstep.evaluation.result.TrainedNetworkResult;
import dev.lockstep.evaluation.result.TrainingResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Trainings of several networks, and their rows. */
@ExtendWith(SparkExtension.class)
class RecordedTrainingTest {
  @TempDir static Path directory;
  private static SparkSession spark;
  private static Ledger ledger;
  private static TrainingResult whole;

  @BeforeAll
  static void train(SparkSession session) {
    spark = session;
    spark
        .range(600)
        .selectExpr("id", "rand(1) as x", "rand(2) as y")
        .selectExpr("id", "x", "y", "if(x + y + 0.2 * rand(3) > 1.1, 'yes', 'no') as bought")
        .coalesce(1)
        .write()
        .format("delta")
        .save(directory.resolve("table").toString());
    ledger = new Ledger(spark, directory.resolve("ledger").toString());
    whole = training(ComparisonListener.NONE).run(experiment(), "train it", Map.of());
  }

  private static Experiment experiment() {
    return ExperimentFile.parse(
        """
        table: %s
        task: binary
        label: bought
        key: id
        models: [{name: mlp, hidden: [8]}, {name: mlp, hidden: [4]}, linear]
        baselines: [gbt]
        training: {epochs: 3, batch: 64, ranks: 1}
        seeds: [1, 2]
        output: %s
        """
            .formatted(directory.resolve("table"), directory.resolve("runs")),
        "test.yaml");
  }

  private static RecordedTraining training(ComparisonListener listener) {
    return new RecordedTraining(spark, RendezvousOptions.defaults(), listener, ledger);
  }

  private static final List<String> PLACES =
      List.of(
          "mlp/seed-1",
          "mlp/seed-2",
          "mlp-2/seed-1",
          "mlp-2/seed-2",
          "linear/seed-1",
          "linear/seed-2");

  @Test
  void every_network_is_trained_once_a_seed_and_the_row_says_so() {
    assertThat(whole.networks()).extracting(TrainedNetworkResult::model).isEqualTo(PLACES);
    assertThat(whole.networks())
        .extracting(TrainedNetworkResult::weightsSha256)
        .doesNotHaveDuplicates();
    RunRecord row = ledger.find(whole.runId());
    assertThat(row.kind()).isEqualTo(RunRecord.Kind.training);
    assertThat(row.status()).isEqualTo(RunRecord.Status.finished);
    assertThat(row.metrics()).isEmpty();
    assertThat(row.weightsSha256().keySet()).containsExactlyElementsOf(PLACES);
    assertThat(row.chosen(new Configuration()).model()).isEqualTo("mlp");
    assertThat(row.members("linear", spark)).hasSize(1);
    assertThat(ledger.runs("kind = 'training' and size(metrics) = 0", 10)).contains(row);
  }

  @Test
  void a_training_is_reproduced_as_one() {
    Reproduction again =
        Reproduction.of(
            spark,
            RendezvousOptions.defaults(),
            ComparisonListener.NONE,
            ledger,
            ledger.find(whole.runId()),
            directory.resolve("again").toString());
    assertThat(again.same()).as(again.sentence()).isTrue();
    RunRecord row = ledger.find(again.again());
    assertThat(row.kind()).isEqualTo(RunRecord.Kind.training);
    assertThat(row.weightsSha256()).isEqualTo(ledger.find(whole.runId()).weightsSha256());
  }

  /** Ends in the second network's second epoch, and looks at the history at each. */
  private static final class Cut implements ComparisonListener {
    private RunFolder folder;
    private final List<String> last = new ArrayList<>();

    @Override
    public void started(RunFolder begun) {
      folder = begun;
    }

    @Override
    public void epochEnded(String model, EpochReport report) {
      try {
        List<String> lines = Files.readAllLines(Path.of(folder.shown(), "history.csv"));
        last.add(lines.get(lines.size() - 1).replaceFirst("^(([^,]*,){4}).*", "$1"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public boolean stopsAfter(String model, EpochReport report) {
      if (last.size() == 5) {
        throw new LockstepException("cut off", "Go on");
      }
      return false;
    }
  }

  @Test
  void a_training_that_fails_goes_on_with_the_network_that_it_was_at() throws Exception {
    Cut cut = new Cut();
    RecordedTraining failing = training(cut);
    assertThatThrownBy(() -> failing.run(experiment(), "train it", Map.of()))
        .hasMessageContaining("cut off");
    assertThat(failing.trained()).isEqualTo(1);
    assertThat(failing.lastCheckpoint()).isPresent();
    assertThat(cut.last.subList(0, 4))
        .extracting(line -> line.replaceFirst("\\d+,$", ""))
        .containsExactly("mlp,1,1,", "mlp,1,2,", "mlp,1,3,", "mlp,2,1,");
    String run = cut.folder.runId();
    assertThat(ledger.find(run).status()).isEqualTo(RunRecord.Status.failed);
    Path history = Path.of(cut.folder.shown(), "history.csv");
    Files.writeString(history, Files.readString(history) + "mlp,2,2,1"); // A line that was cut.

    List<String> before = new ArrayList<>();
    ComparisonListener listener =
        new ComparisonListener() {
          @Override
          public void trainedBefore(String model) {
            before.add(model);
          }
        };
    TrainingResult resumed = training(listener).resume(run, experiment(), "train it on", Map.of());
    assertThat(before).containsExactly("mlp/seed-1");
    assertThat(resumed.networks().get(1).resumedAtStep()).isPositive();
    assertThat(resumed.networks())
        .extracting(TrainedNetworkResult::weightsSha256)
        .isEqualTo(whole.networks().stream().map(TrainedNetworkResult::weightsSha256).toList());
    assertThat(Files.readAllLines(history))
        .allMatch(line -> line.split(",").length == 9)
        .anyMatch(line -> line.startsWith("linear,2,3,"));

    // The ledger says how it failed and how it ended; by its name it is found once.
    assertThat(ledger.runs("runId = '%s'".formatted(run), 10))
        .extracting(RunRecord::status)
        .containsExactly(RunRecord.Status.finished, RunRecord.Status.failed);
    assertThat(ledger.find(run.substring(0, run.length() - 1)).command()).isEqualTo("train it on");
    assertThatThrownBy(() -> training(listener).resume(run, experiment(), "", Map.of()))
        .hasMessageContaining("run " + run + " has finished");
  }

  @Test
  void a_ledger_without_the_kind_of_a_run_has_comparisons_and_gets_the_column() {
    Ledger old = new Ledger(spark, directory.resolve("old").toString());
    RunRecord comparison = LedgerTest.run("20261101-000000-aaaa", "2026-11-01T00:00:00.125Z", 0.5);
    old.append(comparison);
    spark
        .read()
        .format("delta")
        .load(old.path())
        .drop("kind")
        .write()
        .format("delta")
        .mode("overwrite")
        .option("overwriteSchema", true)
        .save(old.path());
    assertThat(old.find("latest")).isEqualTo(comparison);
    assertThat(new QuickLedger(old.path(), Map.of()).find("latest")).contains(comparison);
    old.append(ledger.find(whole.runId()));
    assertThat(old.runs("", 10))
        .extracting(RunRecord::kind)
        .containsExactly(RunRecord.Kind.training, RunRecord.Kind.comparison);
    assertThat(new QuickLedger(old.path(), Map.of()).runs(10)).contains(old.runs("", 10));
  }
}
