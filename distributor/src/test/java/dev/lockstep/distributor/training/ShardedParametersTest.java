package dev.lockstep.distributor.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.data.Exhaustive;
import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.saved.SavedModel;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.models.EstimatorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is sharded over the ranks changes no bit of a network. */
class ShardedParametersTest {
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

  private static EstimatorSpec network(String name) {
    Map<String, Object> options = new HashMap<>();
    switch (name) {
      case "resnet" -> options.put("width", 48);
      case "ft-transformer" -> options.put("width", 24);
      default -> options.put("hidden", List.of(96, 80, 96));
    }
    return new EstimatorSpec(name, options);
  }

  private static TrainedModel train(EstimatorSpec network, TrainingOptions spec, String folder) {
    return train(network, spec, folder, false);
  }

  private static TrainedModel train(
      EstimatorSpec network, TrainingOptions spec, String folder, boolean resume) {
    return MadeUp.train(
        spark, MadeUp.rows(spark, 1500, 2), network, spec, directory.resolve(folder), resume);
  }

  private static TrainingOptions sharding(TrainingOptions spec, String what) {
    return Specs.with(spec, "sharding", what);
  }

  @ParameterizedTest
  @CsvSource({
    "mlp,1",
    "mlp,2",
    "mlp,3",
    "mlp-plr,2",
    "resnet,2",
    "ft-transformer,2",
    "realmlp,2",
    "tabm,2"
  })
  void every_sharding_gives_the_same_bits(String name, int ranks) {
    TrainingOptions spec = Specs.with(MadeUp.spec(ranks), "clipNorm", 0.5);
    String folder = name + ranks;
    TrainedModel full = train(network(name), sharding(spec, "full"), folder + "full");
    for (String what : List.of("none", "optimizer")) {
      TrainedModel other = train(network(name), sharding(spec, what), folder + what);
      assertThat(full.stepLosses()).as(what).isEqualTo(other.stepLosses());
      assertThat(full.weightsSha256()).as(what).isEqualTo(other.weightsSha256());
    }
    String sha256 = full.weightsSha256();
    SavedModel.verify(full.folder(), Optional.of(sha256), new Configuration());
  }

  @Exhaustive
  @ParameterizedTest
  @CsvSource({
    "resnet,1",
    "resnet,3",
    "ft-transformer,1",
    "ft-transformer,3",
    "realmlp,1",
    "realmlp,3",
    "tabm,1",
    "tabm,3"
  })
  void every_network_has_them_on_one_rank_and_on_three(String name, int ranks) {
    every_sharding_gives_the_same_bits(name, ranks);
  }

  @Test
  void parts_of_a_step_an_average_and_sgd_have_the_same_bits() {
    TrainingOptions spec = Specs.with(MadeUp.spec(2), "accumulate", 3);
    spec = Specs.with(Specs.with(spec, "ema", 0.9), "optimizer", "sgd");
    TrainedModel full = train(network("mlp"), sharding(spec, "full"), "parts-full");
    TrainedModel none = train(network("mlp"), sharding(spec, "none"), "parts-none");
    assertThat(full.weightsSha256()).isEqualTo(none.weightsSha256());
  }

  @Test
  void gradients_in_bfloat16_have_the_bits_of_a_sharded_optimizer() {
    TrainingOptions spec = Specs.with(MadeUp.spec(3), "gradients", "bfloat16");
    TrainedModel full = train(network("resnet"), sharding(spec, "full"), "half-full");
    TrainedModel optimizer = train(network("resnet"), sharding(spec, "optimizer"), "half-opt");
    assertThat(full.weightsSha256()).isEqualTo(optimizer.weightsSha256());
  }

  @Test
  void tables_whose_rows_are_sharded_go_with_it() {
    EstimatorSpec network =
        new EstimatorSpec("mlp", Map.of("hidden", List.of(32, 16), "embeddings", "sharded"));
    TrainingOptions spec = Specs.with(MadeUp.spec(2), "clipNorm", 0.5);
    TrainedModel full = train(network, sharding(spec, "full"), "tables-full");
    TrainedModel none = train(network, sharding(spec, "none"), "tables-none");
    assertThat(full.weightsSha256()).isEqualTo(none.weightsSha256());
  }

  private static TrainingOptions longer(int ranks, String sharding) {
    TrainingOptions spec = Specs.with(MadeUp.spec(ranks), "epochs", 40);
    spec = Specs.with(Specs.with(spec, "patience", 40), "checkpoint", Map.of("everySteps", 10));
    return sharding(spec, sharding);
  }

  @Test
  void a_run_that_was_cut_off_goes_on_with_any_sharding() throws Exception {
    String expected = train(network("resnet"), longer(2, "none"), "whole").weightsSha256();
    for (String[] way : new String[][] {{"full", "full"}, {"full", "none"}, {"none", "full"}}) {
      String folder = "cut-" + way[0] + "-" + way[1];
      CutOff.training(
          spark,
          directory.resolve(folder),
          () -> train(network("resnet"), longer(2, way[0]), folder));
      TrainedModel resumed = train(network("resnet"), longer(2, way[1]), folder, true);
      assertThat(resumed.resumedAt()).as(folder).isPositive();
      assertThat(resumed.weightsSha256()).as(folder).isEqualTo(expected);
      assertThat(directory.resolve(folder).resolve("checkpoints")).doesNotExist();
    }
  }

  @Test
  void a_checkpoint_with_a_damaged_part_is_passed_over_by_other_ranks_too() throws Exception {
    CutOff.training(
        spark, directory.resolve("torn"), () -> train(network("mlp"), longer(2, "full"), "torn"));
    Path checkpoints = directory.resolve("torn/checkpoints");
    List<Path> all = CutOff.checkpoints(checkpoints);
    String newest = all.get(all.size() - 1).getFileName().toString().replace(".ckpt", "");
    Path part = checkpoints.resolve(newest + ".parameters-01-02");
    byte[] content = Files.readAllBytes(part);
    content[content.length / 2] ^= 1;
    Files.write(part, content);
    TrainedModel resumed = train(network("mlp"), longer(3, "full"), "torn", true);
    long before = Long.parseLong(newest.split("-", -1)[1]);
    assertThat(resumed.resumedAt()).isLessThan(before);
    TrainedModel undisturbed = train(network("mlp"), longer(2, "none"), "not-torn");
    int skipped = (int) resumed.resumedAt();
    for (int step = 0; step < 20; step++) {
      assertThat(resumed.stepLosses().get(step))
          .isCloseTo(undisturbed.stepLosses().get(skipped + step), within(1e-4));
    }
  }

  @Test
  void a_network_without_units_is_refused() {
    assertThatThrownBy(
            () ->
                train(
                    new EstimatorSpec("deepfm", Map.of()),
                    sharding(MadeUp.spec(1), "full"),
                    "refused"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("training.sharding");
  }
}
