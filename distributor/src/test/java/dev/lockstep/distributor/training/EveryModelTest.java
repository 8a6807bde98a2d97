package dev.lockstep.distributor.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.models.EstimatorSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EveryModelTest {
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "linear",
        "mlp",
        "mlp-ple",
        "mlp-plr",
        "resnet",
        "wide-deep",
        "deepfm",
        "dcn2",
        "ft-transformer",
        "realmlp",
        "tabm",
        "tabm-mini",
        "tabm-ple",
        "tabm-pbld",
        "tabm-rank"
      })
  void trains_on_one_and_two_ranks_to_the_same_losses(String name) {
    List<Double> alone = losses(name, 1);
    List<Double> together = losses(name, 2);
    assertThat(together).hasSameSizeAs(alone);
    for (int step = 0; step < alone.size(); step++) {
      assertThat(together.get(step))
          .as("step " + step)
          .isCloseTo(alone.get(step), within(1e-5 * Math.max(1, alone.get(step))));
    }
  }

  private static List<Double> losses(String name, int ranks) {
    TrainingOptions spec = Specs.with(MadeUp.spec(ranks), "epochs", 1);
    spec = Specs.with(spec, "learningRate", 1e-3);
    return MadeUp.train(
            spark,
            MadeUp.rows(spark, 600, 2),
            new EstimatorSpec(name, Map.of()),
            spec,
            directory.resolve(name + ranks))
        .stepLosses();
  }
}
