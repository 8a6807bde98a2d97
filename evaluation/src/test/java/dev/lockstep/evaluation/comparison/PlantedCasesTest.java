package dev.lockstep.evaluation.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.SparkExtension;
import dev.lockstep.distributor.experiment.ExperimentFile;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.evaluation.result.ComparisonResult;
import dev.lockstep.evaluation.uncertainty.Interval;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Tables of which it is known what the verdict has to be. */
@ExtendWith(SparkExtension.class)
class PlantedCasesTest {
  @TempDir Path directory;

  /** Features in [-1, 1], and a label that is yes with the probability given. */
  private ComparisonResult compared(
      SparkSession spark, int features, ToDoubleFunction<double[]> probability, String more) {
    StructType schema =
        new StructType().add("id", DataTypes.LongType).add("bought", DataTypes.StringType);
    for (int f = 0; f < features; f++) {
      schema = schema.add("x" + f, DataTypes.DoubleType);
    }
    Random random = new Random(12);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      double[] x = random.doubles(features).map(u -> 2 * u - 1).toArray();
      List<Object> row = new ArrayList<>(List.of((long) i));
      row.add(random.nextDouble() < probability.applyAsDouble(x) ? "yes" : "no");
      IntStream.range(0, features).forEach(f -> row.add(x[f]));
      rows.add(RowFactory.create(row.toArray()));
    }
    Path table = directory.resolve("table");
    spark.createDataFrame(rows, schema).write().format("delta").save(table.toString());
    String text =
        """
        table: %s
        task: binary
        label: bought
        key: id
        split: {validation: 0.2, test: 0.3}
        output: %s
        %s
        """
            .formatted(table, directory.resolve("runs"), more);
    return new Comparison(spark, RendezvousOptions.defaults(), ComparisonListener.NONE)
        .run(ExperimentFile.parse(text, "planted.yaml"), "bin/lockstep compare planted.yaml");
  }

  @Test
  void trees_win_where_the_rule_is_made_of_thresholds(SparkSession spark) {
    ComparisonResult result =
        compared(
            spark,
            4,
            x -> {
              boolean band = x[0] > -0.7 && x[0] < -0.2 || x[0] > 0.3 && x[0] < 0.6;
              return band ^ x[1] > 0.4 ? 0.95 : 0.05;
            },
            """
            model: {name: mlp, hidden: [16]}
            training: {ranks: 2, epochs: 6, batch: 64}
            baselines: [{name: gbt, trees: 10, rate: 0.3}]
            seed: 2
            """);
    assertThat(result.verdict()).startsWith("gbt beats mlp by 0.").contains("95 % interval 0.");
    assertThat(interval(result).high()).isNegative();
    assertThat(result.contrasts().pairs().get(0).deLong().orElseThrow().p()).isLessThan(0.001);
  }

  @Test
  void the_network_wins_where_many_features_add_up(SparkSession spark) {
    ComparisonResult result =
        compared(
            spark,
            16,
            x -> {
              double sum = IntStream.range(0, 16).mapToDouble(f -> f % 2 == 0 ? x[f] : -x[f]).sum();
              return 1 / (1 + Math.exp(-3 * sum));
            },
            """
            model: {name: mlp, hidden: [32]}
            training: {ranks: 2, epochs: 10, batch: 64, learningRate: 0.005}
            baselines: [{name: gbt, trees: 6, depth: 3, rate: 0.3}]
            seeds: [1, 2]
            """);
    assertThat(result.verdict())
        .startsWith("mlp beats gbt by 0.")
        .contains("times the training time", "means over 2 seeds");
    assertThat(interval(result).low()).isPositive();
  }

  @Test
  void nobody_wins_where_there_is_nothing_to_learn(SparkSession spark) {
    ComparisonResult result =
        compared(
            spark,
            3,
            x -> 0.4,
            """
            model: {name: mlp, hidden: [8]}
            training: {ranks: 2, epochs: 3, batch: 64}
            baselines: [{name: gbt, trees: 3}]
            seed: 3
            """);
    assertThat(result.verdict()).startsWith("No difference shown between mlp and gbt");
    assertThat(interval(result).excludesZero()).isFalse();
  }

  private static Interval interval(ComparisonResult result) {
    return result.contrasts().pairs().get(0).evidence().orElseThrow().interval();
  }
}
