package dev.lockstep.distributor.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.distributor.prediction.Predictor;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.saved.SavedModel;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.SavedNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Embeddings whose rows are sharded over the ranks do what tables in one piece do. */
class ShardedEmbeddingsTest {
  private static final float[][] NUMERIC = {{0, 0, 0}, {1, -1, 0.5f}, {-2, 0.3f, 1}};
  private static final int[][] CATEGORICAL = {{0, 0}, {2, 1}, {4, 2}};

  @TempDir static Path directory;
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = MadeUp.spark(directory);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static EstimatorSpec network(String name, String embeddings) {
    Map<String, Object> options = new HashMap<>(Map.of("embeddings", embeddings));
    if (name.equals("deepfm") || name.equals("mlp")) {
      options.put("hidden", List.of(16, 8));
    }
    if (!name.equals("deepfm") && !name.equals("ft-transformer")) {
      // Of five and three indices: both features are embedded, or the larger one alone.
      options.put("oneHot", name.equals("mlp") ? 4 : 0);
    }
    return new EstimatorSpec(name, options);
  }

  private static TrainedModel train(
      EstimatorSpec network, TrainingOptions spec, String folder, boolean resume) {
    return MadeUp.train(
        spark, MadeUp.rows(spark, 1500, 2), network, spec, directory.resolve(folder), resume);
  }

  private static TrainingOptions descent(int ranks) {
    TrainingOptions spec = Specs.with(MadeUp.spec(ranks), "optimizer", "sgd");
    return Specs.with(Specs.with(spec, "momentum", 0.0), "clipNorm", 1.0);
  }

  @ParameterizedTest
  @CsvSource({
    "deepfm,1",
    "deepfm,2",
    "deepfm,3",
    "mlp,1",
    "wide-deep,2",
    "dcn2,2",
    "resnet,2",
    "tabm,1",
    "realmlp,1",
    "linear,2",
    "mlp-plr,1",
    "ft-transformer,2"
  })
  void descent_gives_the_losses_and_the_network_of_tables_in_one_piece(String name, int ranks)
      throws Exception {
    TrainedModel dense = train(network(name, "dense"), descent(ranks), name + "-d" + ranks, false);
    TrainedModel sharded =
        train(network(name, "sharded"), descent(ranks), name + "-s" + ranks, false);
    assertThat(Path.of(sharded.folder(), "embeddings-00.bin")).exists();
    assertThat(sharded.stepLosses()).hasSameSizeAs(dense.stepLosses());
    for (int step = 0; step < dense.stepLosses().size(); step++) {
      double loss = dense.stepLosses().get(step);
      assertThat(sharded.stepLosses().get(step)).isCloseTo(loss, within(1e-5 * Math.max(1, loss)));
    }
    try (SavedNetwork whole = SavedNetwork.open(Path.of(dense.folder()));
        SavedNetwork parts = SavedNetwork.open(Path.of(sharded.folder()))) {
      float[][] expected = whole.predict(NUMERIC, CATEGORICAL);
      float[][] actual = parts.predict(NUMERIC, CATEGORICAL);
      for (int row = 0; row < expected.length; row++) {
        assertThat(actual[row][1]).isCloseTo(expected[row][1], within(1e-4f));
      }
    }
  }

  @Test
  void parts_of_a_step_have_the_losses_of_the_whole() {
    Map<String, Object> options = new HashMap<>(network("mlp", "sharded").options());
    options.put("dropout", 0);
    EstimatorSpec network = new EstimatorSpec("mlp", options);
    TrainedModel whole = train(network, descent(1), "one-part", false);
    TrainedModel parts =
        train(network, Specs.with(descent(2), "accumulate", 3), "three-parts", false);
    for (int step = 0; step < whole.stepLosses().size(); step++) {
      double loss = whole.stepLosses().get(step);
      assertThat(parts.stepLosses().get(step)).isCloseTo(loss, within(1e-4 * Math.max(1, loss)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"adamw", "adagrad", "sgd"})
  void the_same_ranks_give_the_same_bits(String optimizer) {
    TrainingOptions spec = Specs.with(MadeUp.spec(3), "embeddingOptimizer", optimizer);
    EstimatorSpec network = network("deepfm", "sharded");
    TrainedModel once = train(network, spec, "once-" + optimizer, false);
    TrainedModel again = train(network, spec, "again-" + optimizer, false);
    assertThat(again.weightsSha256()).isEqualTo(once.weightsSha256());
    assertThat(again.stepLosses()).isEqualTo(once.stepLosses());
    double first = once.stepLosses().get(0);
    assertThat(once.stepLosses().get(once.stepLosses().size() - 1)).isLessThan(0.95 * first);
    SavedModel.verify(once.folder(), Optional.of(once.weightsSha256()), new Configuration());
  }

  private static TrainingOptions longer(int ranks) {
    TrainingOptions spec = Specs.with(MadeUp.spec(ranks), "epochs", 40);
    return Specs.with(Specs.with(spec, "patience", 40), "checkpoint", Map.of("everySteps", 10));
  }

  @Test
  void a_run_that_was_cut_off_ends_with_the_same_bits() throws Exception {
    EstimatorSpec network = network("deepfm", "sharded");
    TrainedModel undisturbed = train(network, longer(2), "whole", false);
    CutOff.training(spark, directory.resolve("cut"), () -> train(network, longer(2), "cut", false));
    TrainedModel resumed = train(network, longer(2), "cut", true);
    assertThat(resumed.resumedAt()).isPositive();
    assertThat(resumed.weightsSha256()).isEqualTo(undisturbed.weightsSha256());
    assertThat(directory.resolve("cut/checkpoints")).doesNotExist();
    assertThat(directory.resolve("cut/embeddings")).doesNotExist();
  }

  @Test
  void a_checkpoint_that_lost_a_part_is_passed_over() throws Exception {
    EstimatorSpec network = network("deepfm", "sharded");
    TrainedModel undisturbed = train(network, longer(2), "parts-whole", false);
    CutOff.training(
        spark, directory.resolve("parts"), () -> train(network, longer(2), "parts", false));
    Path checkpoints = directory.resolve("parts/checkpoints");
    List<Path> all = CutOff.checkpoints(checkpoints);
    String newest = all.get(all.size() - 1).getFileName().toString().replace(".ckpt", "");
    try (var files = Files.list(checkpoints)) {
      Path part =
          files
              .filter(f -> f.getFileName().toString().startsWith(newest + ".state"))
              .findFirst()
              .orElseThrow();
      if (all.size() > 1) {
        byte[] content = Files.readAllBytes(part);
        content[content.length / 2] ^= 1;
        Files.write(part, content);
      } else {
        Files.delete(part);
      }
    }
    TrainedModel resumed = train(network, longer(2), "parts", true);
    assertThat(resumed.weightsSha256()).isEqualTo(undisturbed.weightsSha256());
    assertThat(checkpoints).doesNotExist();
  }

  @Test
  void a_run_may_go_on_with_another_number_of_ranks() throws Exception {
    EstimatorSpec network = network("deepfm", "sharded");
    TrainedModel undisturbed = train(network, longer(2), "two", false);
    CutOff.training(
        spark, directory.resolve("other"), () -> train(network, longer(2), "other", false));
    TrainedModel resumed = train(network, longer(3), "other", true);
    assertThat(resumed.resumedAt()).isPositive();
    int skipped = (int) resumed.resumedAt();
    List<Double> rest = undisturbed.stepLosses().subList(skipped, undisturbed.stepLosses().size());
    assertThat(resumed.stepLosses()).hasSameSizeAs(rest);
    for (int step = 0; step < 20; step++) {
      assertThat(resumed.stepLosses().get(step)).isCloseTo(rest.get(step), within(1e-4));
    }
  }

  @Test
  void predictions_of_tasks_are_those_of_the_opened_folder() throws Exception {
    Dataset<Row> rows = MadeUp.rows(spark, 200, 2);
    TrainedModel model = train(network("deepfm", "sharded"), MadeUp.spec(2), "predicted", false);
    List<Row> scored =
        new Predictor(spark).score(model.folder(), rows).orderBy(EncodedRows.HASH).collectAsList();
    List<Row> sorted = rows.orderBy(EncodedRows.HASH).collectAsList();
    try (SavedNetwork network = SavedNetwork.open(Path.of(model.folder()))) {
      for (int i = 0; i < sorted.size(); i++) {
        float[] x = floats(sorted.get(i).getList(4));
        int[] c = sorted.get(i).<Integer>getList(5).stream().mapToInt(v -> v).toArray();
        float[] expected = network.predict(new float[][] {x}, new int[][] {c})[0];
        assertThat((double) scored.get(i).<Double>getList(3).get(1))
            .isCloseTo(expected[1], within(1e-6));
      }
    }
  }

  private static float[] floats(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  @Test
  void a_damaged_file_of_embeddings_is_named() throws Exception {
    TrainedModel model = train(network("mlp", "sharded"), MadeUp.spec(2), "damaged", false);
    Path file;
    try (var files = Files.list(Path.of(model.folder()))) {
      file =
          files
              .filter(f -> f.getFileName().toString().startsWith("embeddings-"))
              .filter(f -> f.toFile().length() > 100)
              .findFirst()
              .orElseThrow();
    }
    byte[] content = Files.readAllBytes(file);
    content[content.length - 1] ^= 1;
    Files.write(file, content);
    assertThatThrownBy(
            () -> SavedModel.verify(model.folder(), Optional.empty(), new Configuration()))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining(file.getFileName().toString());
  }

  @Test
  void an_average_of_weights_and_a_network_on_the_driver_are_refused() {
    EstimatorSpec network = network("deepfm", "sharded");
    TrainingOptions average = Specs.with(MadeUp.spec(1), "ema", 0.9);
    assertThatThrownBy(() -> train(network, average, "ema", false))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("training.ema");
    TrainingData data =
        new TrainingData(
            EncodedRows.batches(MadeUp.rows(spark, 100, 1)),
            MadeUp.FEATURES,
            MadeUp.BINARY,
            "made-up");
    Trainer trainer = new Trainer(spark, RendezvousOptions.defaults(), TrainingListener.NONE);
    Network sharded = Network.of(network, MadeUp.spec(1));
    assertThatThrownBy(() -> trainer.fit(data, sharded, 1, Optional.empty()))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("sharded embeddings");
    assertThatThrownBy(() -> trainer.fit(data, sharded, 1, Optional.empty(), directory.toString()))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("sharded embeddings");
  }
}
