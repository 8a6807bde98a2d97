package dev.lockstep.distributor.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.models.EstimatorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is cut off goes on from its checkpoint to the bits of one that was not. */
class RecoveryTest {
  @TempDir static Path directory;
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = Training.spark(directory);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static final EstimatorSpec MODEL =
      new EstimatorSpec("mlp", Map.of("hidden", List.of(16, 8), "dropout", 0.2));

  private static TrainingSpec spec(int ranks) {
    TrainingSpec spec = Specs.with(Training.spec(ranks), "epochs", 4);
    return Specs.with(spec, "checkpoint", Map.of("everySteps", 3));
  }

  private static TrainedModel train(String name, TrainingSpec spec, boolean resume) {
    return Training.train(
        spark, Training.rows(spark, 1500, 2), MODEL, spec, directory.resolve(name), resume);
  }

  private static void cutOff(String name, TrainingSpec spec) throws Exception {
    CutOff.training(spark, directory.resolve(name), () -> train(name, spec, false));
  }

  @Test
  void it_ends_with_the_same_bits() throws Exception {
    TrainingSpec spec = Specs.with(spec(2), "epochs", 60);
    TrainedModel undisturbed = train("whole", spec, false);
    cutOff("cut", spec);
    TrainedModel resumed = train("cut", spec, true);
    assertThat(resumed.resumedAt()).isPositive();
    assertThat(resumed.weightsSha256()).isEqualTo(undisturbed.weightsSha256());
    assertThat(directory.resolve("cut/checkpoints")).doesNotExist();
  }

  @Test
  void a_torn_checkpoint_is_passed_over_for_the_one_before() throws Exception {
    TrainingSpec spec = Specs.with(spec(2), "epochs", 60);
    TrainedModel undisturbed = train("torn-whole", spec, false);
    cutOff("torn", spec);
    Path folder = directory.resolve("torn/checkpoints");
    List<Path> checkpoints = CutOff.checkpoints(folder);
    Path newest = checkpoints.get(checkpoints.size() - 1);
    byte[] content = Files.readAllBytes(newest);
    Files.write(
        newest,
        java.util.Arrays.copyOf(content, content.length / 2),
        StandardOpenOption.TRUNCATE_EXISTING);
    TrainedModel resumed = train("torn", spec, true);
    assertThat(resumed.resumedAt()).isPositive();
    assertThat(resumed.weightsSha256()).isEqualTo(undisturbed.weightsSha256());
  }

  @Test
  void a_run_may_go_on_with_another_number_of_ranks() throws Exception {
    TrainingSpec spec = Specs.with(spec(3), "epochs", 60);
    cutOff("other", spec);
    TrainedModel resumed = train("other", spec.withRanks(2), true);
    assertThat(resumed.resumedAt()).isPositive();
    assertThat(resumed.worldSize()).isEqualTo(2);
  }

  @Test
  void nothing_is_left_on_disk_after_a_run() throws IOException {
    train("clean", spec(2), false);
    try (Stream<Path> files = Files.walk(directory)) {
      assertThat(files.filter(f -> f.toString().endsWith(".rows"))).isEmpty();
    }
  }
}
