package dev.lockstep.distributor.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.models.EstimatorSpec;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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

  private static TrainedModel train(
      EstimatorSpec network, TrainingOptions spec, String sharding, String folder) {
    return MadeUp.train(
        spark,
        MadeUp.rows(spark, 1500, 2),
        network,
        Specs.with(spec, "sharding", sharding),
        directory.resolve(folder + "-" + sharding),
        false);
  }

  @ParameterizedTest
  @CsvSource({
    "mlp,1",
    "mlp,2",
    "mlp,3",
    "mlp-plr,2",
    "resnet,1",
    "resnet,2",
    "resnet,3",
    "ft-transformer,1",
    "ft-transformer,2",
    "ft-transformer,3",
    "realmlp,1",
    "realmlp,2",
    "realmlp,3",
    "tabm,1",
    "tabm,2",
    "tabm,3"
  })
  void every_sharding_gives_the_same_bits(String name, int ranks) {
    TrainingOptions spec = Specs.with(MadeUp.spec(ranks), "clipNorm", 0.5);
    String folder = name + ranks;
    TrainedModel full = train(network(name), spec, "full", folder);
    TrainedModel whole = train(network(name), spec, "none", folder);
    assertThat(full.stepLosses()).isEqualTo(whole.stepLosses());
    assertThat(full.weightsSha256()).isEqualTo(whole.weightsSha256());
  }
}
