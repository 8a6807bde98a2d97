package dev.lockstep.evaluation.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.distributor.experiment.ExperimentFile;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.evaluation.baselines.Trees;
import dev.lockstep.evaluation.report.TextTable;
import dev.lockstep.evaluation.report.WellFormed;
import dev.lockstep.evaluation.result.ComparisonResult;
import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.evaluation.uncertainty.Units;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
@Tag("every-spark")
class ComparisonTest {
  @TempDir static Path directory;
  private static SparkSession spark;
  private static ComparisonResult two;

  @BeforeAll
  static void make(SparkSession session) {
    spark = session;
    write(0, 1200, "overwrite");
    two = run("binary", "bought", TWO);
  }

  private static void write(int from, int to, String mode) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      Random random = new Random(i);
      double x = random.nextGaussian();
      double y = random.nextGaussian();
      String kind = random.nextBoolean() ? "<b>a&b</b>" : "c";
      double value = x * y + (kind.equals("c") ? 1 : 0) + 0.2 * random.nextGaussian();
      String size = value > 1 ? "large" : value > 0 ? "middle" : "small";
      rows.add(
          RowFactory.create(
              (long) i, x, y, kind, value > 0.5 ? "yes" : "no", value, size, 1e-6 * value));
    }
    StructType schema =
        new StructType()
            .add("id", DataTypes.LongType)
            .add("x", DataTypes.DoubleType)
            .add("y", DataTypes.DoubleType)
            .add("kind", DataTypes.StringType)
            .add("bought", DataTypes.StringType)
            .add("value", DataTypes.DoubleType)
            .add("size", DataTypes.StringType)
            .add("micro", DataTypes.DoubleType);
    spark
        .createDataFrame(rows, schema)
        .write()
        .format("delta")
        .mode(mode)
        .save(directory.resolve("table").toString());
  }

  private static ComparisonResult run(String task, String label, String more) {
    String text =
        """
        table: %s
        version: 0
        task: %s
        label: %s
        key: id
        features: {numeric: [x, y], categorical: [kind]}
        training: {ranks: 2, epochs: 4, batch: 64, learningRate: 0.01}
        output: %s
        %s
        %s
        """
            .formatted(
                directory.resolve("table"),
                task,
                label,
                directory.resolve("runs"),
                more.contains("seeds:") ? "" : "seed: 1",
                more);
    return new Comparison(spark, RendezvousOptions.defaults(), ComparisonListener.NONE)
        .run(ExperimentFile.parse(text, "test.yaml"), "bin/lockstep compare test.yaml");
  }

  private static final String TWO =
      "model: {name: mlp, hidden: [16]}\nbaselines: [{name: gbt, trees: 5}]";

  @Test
  void a_later_commit_changes_nothing_on_the_pinned_version() {
    ComparisonResult before = two;
    write(1200, 1300, "append");
    ComparisonResult after = run("binary", "bought", TWO);
    assertThat(after.weightsSha256()).isEqualTo(before.weightsSha256());
    for (int i = 0; i < 2; i++) {
      assertThat(after.models().get(i).metrics()).isEqualTo(before.models().get(i).metrics());
    }
    assertThat(after.runId()).isNotEqualTo(before.runId());
  }

  @Test
  void both_learn_and_the_constant_does_not() {
    ComparisonResult result =
        run(
            "binary",
            "bought",
            "models: [mlp, mlp-ple]\nbaselines: [{name: gbt, trees: 5}, linear, forest, constant]");
    assertThat(result.models()).hasSize(6);
    for (ModelResult model : result.models()) {
      double auc = model.metrics().get("auc");
      if (model.name().equals("constant")) {
        assertThat(auc).isEqualTo(0.5);
      } else {
        assertThat(auc).as(model.name()).isGreaterThan(0.55);
      }
    }
    assertThat(TextTable.render(result)).contains("ROC AUC", "mlp-ple", "constant", "weights");
  }

  @Test
  void every_seed_is_a_training_of_its_own() throws Exception {
    ComparisonResult one = two;
    ComparisonResult result = run("binary", "bought", TWO + "\nseeds: [1, 5]");
    ModelResult network = result.models().get(0);
    assertThat(result.seed()).isEqualTo(1);
    assertThat(result.weightsSha256()).isEqualTo(one.weightsSha256());
    assertThat(network.weightsBySeed()).hasSize(2).doesNotHaveDuplicates();
    assertThat(network.metricsBySeed().get(0)).isEqualTo(one.models().get(0).metrics());
    double first = network.metricsBySeed().get(0).get("auc");
    double second = network.metricsBySeed().get(1).get("auc");
    assertThat(network.metrics().get("auc")).isCloseTo((first + second) / 2, within(1e-12));
    assertThat(network.deviations().get("auc"))
        .isCloseTo(Math.abs(first - second) / Math.sqrt(2), within(1e-12));
    Path run = Path.of(result.report()).getParent();
    assertThat(run.resolve("mlp/seed-1/model/weights.bin")).exists();
    assertThat(run.resolve("mlp/seed-5/model/weights.bin")).exists();
    assertThat(TextTable.render(result)).contains("±");
  }

  @Test
  void the_report_says_how_many_trees_were_kept() throws Exception {
    Trees trees = two.models().get(1).treesBySeed().get(0);
    assertThat(trees.asked()).isEqualTo(5);
    assertThat(two.models().get(0).treesBySeed()).isEmpty();
    Path run = Path.of(two.report()).getParent();
    assertThat(Files.readString(run.resolve("report.md"))).contains("trees kept | – | " + trees);
    assertThat(Files.readString(run.resolve("report.html"))).contains("trees kept", "" + trees);
    assertThat(Files.readString(run.resolve("result.json")))
        .contains("\"treesBySeed\":[{\"asked\":5,\"kept\":" + trees.kept() + "}]");
    assertThat(TextTable.render(two)).contains("trees kept", trees.toString());
  }

  @Test
  void without_validation_rows_nothing_is_chosen_by_test_rows() {
    ComparisonResult result =
        run(
            "binary",
            "bought",
            """
            split: {validation: 0, test: 0.3}
            models: [linear, {name: mlp, hidden: [16]}]
            baselines: [constant, {name: gbt, trees: 5}]
            """);
    assertThat(result.splits().get("validation")).isZero();
    ModelResult trees = result.models().get(3);
    assertThat(trees.treesBySeed()).containsExactly(new Trees(5, List.of(5)));
    assertThat(trees.metrics().get("auc")).isGreaterThan(0.55);
    assertThat(result.verdict())
        .contains("linear", "constant", "No validation metric tells which models are best")
        .doesNotContain("mlp", "gbt");
    assertThat(result.warnings()).anyMatch(w -> w.contains("no validation rows"));
  }

  @Test
  void a_network_and_a_baseline_of_one_name_are_told_apart() {
    ComparisonResult result = run("binary", "bought", "model: linear\nbaselines: [linear]");
    assertThat(result.models()).extracting(ModelResult::name).containsExactly("linear", "linear-2");
    assertThat(result.contrasts().pairs()).hasSize(1);
  }

  @Test
  void a_second_network_has_its_own_training_and_numeric_transform() {
    String robust = "{name: realmlp, hidden: [16], training: {epochs: 1, ranks: 1}}";
    ComparisonResult alone = run("binary", "bought", "model: " + robust);
    ComparisonResult second =
        run("binary", "bought", "models: [{name: mlp, hidden: [16]}, %s]".formatted(robust));
    ModelResult network = second.models().get(1);
    assertThat(network.weightsSha256()).contains(alone.weightsSha256());
    assertThat(network.metrics()).isEqualTo(alone.models().get(0).metrics());
    assertThat(network.settings()).containsEntry("ranks", 1).containsEntry("epochs", 1);
    assertThat(second.weightsSha256()).isEqualTo(two.weightsSha256());
  }

  @Test
  void regression_is_in_the_labels_own_units() throws Exception {
    ComparisonResult result =
        run("regression", "value", "model: mlp\nbaselines: [{name: gbt, trees: 5}, constant]");
    ComparisonResult small =
        run("regression", "micro", "model: mlp\nbaselines: [linear, constant]");
    for (String text :
        List.of(
            TextTable.render(small),
            small.verdict(),
            Files.readString(Path.of(small.report()).resolveSibling("report.md")))) {
      assertThat(text).containsPattern("[0-9]e-0[67]").doesNotContainPattern("[ *-]0\\.0+[ *|]");
    }
    assertThat(Files.readString(Path.of(small.report())))
        .containsPattern("<th scope=\"row\">RMSE[^<]*</th><td[^>]*>[0-9.]+e-0[67]</td>");
    double constant = result.models().get(2).metrics().get("rmse");
    assertThat(result.models().get(0).metrics().get("rmse")).isLessThan(constant * 0.8);
    assertThat(result.models().get(1).metrics().get("rmse")).isLessThan(constant * 0.9);
  }

  @Test
  void more_than_two_classes() {
    ComparisonResult result =
        run(
            "multiclass",
            "size",
            "model: mlp\nbaselines: [{name: gbt, trees: 3}, constant, {name: xgboost, trees: 20}]");
    double constant = result.models().get(2).metrics().get("accuracy");
    assertThat(result.models().get(0).metrics().get("accuracy")).isGreaterThan(constant);
    assertThat(result.models().get(1).metrics().get("accuracy")).isGreaterThan(constant);
    assertThat(result.models().get(3).metrics().get("accuracy")).isGreaterThan(constant);
    assertThat(result.contrasts().pairs()).hasSize(6).allMatch(c -> c.evidence().isPresent());
  }

  @Test
  void the_best_two_together_are_an_entry_of_their_own() {
    ComparisonResult result =
        run(
            "regression",
            "value",
            "model: mlp\nbaselines: [{name: xgboost, trees: 30}, constant]\nensemble: true");
    assertThat(result.models())
        .extracting(ModelResult::name)
        .containsExactly("mlp", "xgboost", "constant", "ensemble");
    ModelResult both = result.models().get(3);
    assertThat(both.kind()).isEqualTo(ModelResult.Kind.ensemble);
    assertThat(both.settings()).containsOnlyKeys("weight of mlp", "weight of xgboost");
    assertThat(both.validation())
        .isLessThanOrEqualTo(result.models().get(0).validation())
        .isLessThanOrEqualTo(result.models().get(1).validation());
    assertThat(result.verdict()).contains("Both together, as ensemble, reach RMSE");
  }

  @Test
  void a_split_that_cannot_be_used_is_refused_before_anything_is_trained() {
    // A fold as large as the rest leaves no row for validation and train together.
    assertThatThrownBy(
            () ->
                run(
                    "binary",
                    "bought",
                    "model: linear\nsplits: {folds: 3}\nsplit: {validation: 0.8}"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("split.validation");
    assertThatThrownBy(
            () ->
                run(
                    "binary",
                    "bought",
                    "model: linear\nsplits: {folds: 3}\nsplit: {fold: {number: 2, of: 3}}"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("'splits' or 'split.fold'");
    assertThatThrownBy(() -> run("binary", "bought", "model: linear\nensemble: true"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("no baseline");
  }

  @Test
  void several_splits_are_trained_and_judged_each_by_itself() {
    ComparisonResult result =
        run(
            "binary",
            "bought",
            "model: linear\nbaselines: [{name: xgboost, trees: 10}]\nsplits: {repeats: 2, folds: 2}");
    assertThat(result.contrasts().unit()).isEqualTo(Units.Kind.split);
    assertThat(result.contrasts().units()).isEqualTo(4);
    assertThat(result.verdict()).contains("over 4 splits");
    for (ModelResult model : result.models()) {
      assertThat(model.metricsBySeed()).hasSize(4);
      assertThat(model.metricsBySeed().stream().distinct()).hasSize(4);
      assertThat(model.deviations().get("auc")).isPositive();
      assertThat(model.metrics().get("auc")).isGreaterThan(0.6);
    }
    assertThat(result.splits().get("test")).isBetween(540L, 660L);
  }

  @Test
  void the_page_is_well_formed_and_asks_for_nothing() throws Exception {
    String page = Files.readString(Path.of(two.report()));
    var document = WellFormed.page(page);
    assertThat(document.getElementsByTagName("figure").getLength()).isEqualTo(8);
    int classes = 2;
    int columns = 4; // The label, x, y and kind.
    assertThat(document.getElementsByTagName("svg").getLength()).isEqualTo(8 + classes + columns);
    assertThat(page).contains("The data", "1,200 rows are used; none of version 0 is left out");
    assertThat(page).doesNotContain("http://", "https://", "<script", "<b>a&b");
    assertThat(page).contains("mlp", "gbt", two.weightsSha256());
  }

  @Test
  void the_json_has_the_keys_that_machines_rely_on() {
    JsonNode json = Json.read(Json.line(two), JsonNode.class);
    for (String key :
        List.of(
            "runId",
            "table",
            "version",
            "splits",
            "models",
            "worldSize",
            "weightsSha256",
            "report",
            "verdict",
            "contrasts")) {
      assertThat(json.has(key)).as(key).isTrue();
    }
    assertThat(Json.read(Json.line(two), ComparisonResult.class).verdict())
        .isEqualTo(two.verdict());
    JsonNode model = json.get("models").get(1);
    assertThat(model.get("kind").asText()).isEqualTo("baseline");
    assertThat(model.get("metrics").get("auc").asDouble()).isBetween(0.5, 1.0);
    assertThat(model.get("metricsBySeed").get(0).get("auc").asDouble())
        .isEqualTo(model.get("metrics").get("auc").asDouble());
    assertThat(model.get("cost").get("learnedNumbers").asLong()).isPositive();
    assertThat(model.get("trainSeconds").asDouble()).isPositive();
    assertThat(json.get("splits").get("test").asLong()).isPositive();
    assertThat(json.get("data").get("rows").asLong()).isEqualTo(1200);
    assertThat(json.get("data").get("columns").get(1).get("name").asText()).isEqualTo("x");
    assertThat(json.get("data").get("noDrift").asText()).contains("no earlier version");
  }

  @Test
  void an_unknown_baseline_is_refused_before_anything_is_trained() {
    assertThatThrownBy(() -> run("binary", "bought", "model: mlp\nbaselines: [xgboots]"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("unknown baseline 'xgboots'");
    assertThatThrownBy(() -> run("binary", "bought", "model: mpl\n"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("unknown model 'mpl'");
  }
}
