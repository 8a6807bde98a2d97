package dev.lockstep.distributor.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.distributor.checkpoint.FaultyFileSystem;
import dev.lockstep.distributor.saved.SavedModel;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that is cut off goes on from its checkpoint to the bits of one that was not. */
class RecoveryTest {
  @TempDir static Path directory;
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        MadeUp.builder(directory)
            .config("spark.hadoop.fs.faulty.impl", FaultyFileSystem.class.getName())
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static final EstimatorSpec MODEL =
      new EstimatorSpec("mlp", Map.of("hidden", List.of(16, 8), "dropout", 0.2));

  private static TrainingOptions spec(int ranks) {
    TrainingOptions spec = Specs.with(MadeUp.spec(ranks), "epochs", 4);
    return Specs.with(spec, "checkpoint", Map.of("everySteps", 3));
  }

  private static TrainedModel train(String name, TrainingOptions spec, boolean resume) {
    return train(name, spec, resume, TrainingListener.NONE);
  }

  private static TrainedModel train(
      String name, TrainingOptions spec, boolean resume, TrainingListener listener) {
    return MadeUp.train(
        spark,
        MadeUp.rows(spark, 1500, 2),
        Network.of(MODEL, spec),
        directory.resolve(name),
        resume,
        listener);
  }

  private static void cutOff(String name, TrainingOptions spec) throws Exception {
    CutOff.training(spark, directory.resolve(name), () -> train(name, spec, false));
  }

  @Test
  void it_ends_with_the_same_bits() throws Exception {
    TrainingOptions spec = Specs.with(spec(2), "epochs", 60);
    TrainedModel undisturbed = train("whole", spec, false);
    cutOff("cut", spec);
    TrainedModel resumed = train("cut", spec, true);
    assertThat(resumed.resumedAt()).isPositive();
    assertThat(resumed.weightsSha256()).isEqualTo(undisturbed.weightsSha256());
    assertThat(directory.resolve("cut/checkpoints")).doesNotExist();
  }

  @Test
  void a_torn_checkpoint_is_passed_over_for_the_one_before() throws Exception {
    TrainingOptions spec = Specs.with(spec(2), "epochs", 60);
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
    TrainingOptions spec = Specs.with(spec(3), "epochs", 60);
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

  @Test
  void a_named_directory_keeps_what_is_in_it_and_trainings_in_it_do_not_meet() throws Exception {
    Path shared = Files.createDirectories(directory.resolve("shared"));
    Files.writeString(shared.resolve("notes.txt"), "mine");
    TrainingOptions spec =
        Specs.with(
            Specs.with(spec(2), "epochs", 60),
            "checkpoint",
            Map.of("everySteps", 3, "directory", shared.toString()));
    TrainedModel undisturbed = train("run-0/mlp", spec, false);
    CutOff.inFolder(spark, shared.resolve("run-1/mlp"), () -> train("run-1/mlp", spec, false));
    // Its checkpoints are of higher steps and of another training.
    CutOff.inFolder(
        spark,
        shared.resolve("run-2/mlp"),
        () -> train("run-2/mlp", Specs.with(spec, "learningRate", 0.02), false));
    train("run-3/mlp", Specs.with(spec, "epochs", 1), false);
    TrainedModel resumed = train("run-1/mlp", spec, true);
    assertThat(resumed.resumedAt()).isPositive();
    assertThat(resumed.weightsSha256()).isEqualTo(undisturbed.weightsSha256());
    assertThat(shared.resolve("notes.txt")).hasContent("mine");
    assertThat(CutOff.checkpoints(shared.resolve("run-2/mlp"))).isNotEmpty();
    try (Stream<Path> left = Files.list(shared)) {
      assertThat(left.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("notes.txt", "run-2");
    }
  }

  @Test
  void checkpoints_of_another_training_are_no_ones_to_go_on_from() throws Exception {
    TrainingOptions spec = Specs.with(spec(2), "epochs", 60);
    TrainedModel undisturbed = train("foreign-whole", spec, false);
    cutOff("foreign", Specs.with(spec, "learningRate", 0.02));
    Told told = new Told();
    train("foreign", spec, true, told);
    assertThat(String.join("\n", told.lines))
        .contains("there is no whole checkpoint", "begins at step 0");
    assertThat(SavedModel.card(directory.resolve("foreign/model").toString(), new Configuration()))
        .returns(undisturbed.weightsSha256(), ModelCard::weightsSha256);
    assertThat(CutOff.checkpoints(directory.resolve("foreign/checkpoints"))).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"io", "error", "hang"})
  void checkpoints_that_cannot_be_written_cost_a_warning(String kind) throws Exception {
    TrainedModel undisturbed = train("writes-whole-" + kind, spec(2), false);
    String folder = FaultyFileSystem.address(kind, 2, directory.resolve("faulty-" + kind));
    Map<String, Object> checkpoint =
        Map.of("everySteps", 3, "directory", folder, "timeoutSeconds", 0.5);
    Told told = new Told();
    TrainedModel trained =
        train("writes-" + kind, Specs.with(spec(2), "checkpoint", checkpoint), false, told);
    assertThat(trained.weightsSha256()).isEqualTo(undisturbed.weightsSha256());
    assertThat(String.join("\n", told.lines))
        .containsOnlyOnce("no checkpoint could be written to " + folder)
        .contains(
            switch (kind) {
              case "io" -> "the quota is used up";
              case "error" -> "No space left on device";
              default -> "has not ended after";
            });
  }

  /** What a training tells its listener, in lines. */
  private static final class Told implements TrainingListener {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    @Override
    public void noted(String model, String message) {
      lines.add(message);
    }

    @Override
    public void warned(String message) {
      lines.add(message);
    }
  }
}
