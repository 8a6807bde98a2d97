package dev.lockstep.data.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.feature.Binarizer;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class SavedFeatureModelTest {
  private static final List<Double> AWKWARD =
      List.of(
          0.1 + 0.2,
          -0.0,
          Double.MIN_VALUE,
          Double.MIN_NORMAL,
          -Double.MAX_VALUE,
          Math.nextUp(1.0),
          1 / 3.0,
          2.0E-3,
          9007199254740991.0,
          Double.POSITIVE_INFINITY,
          Double.NaN);

  @TempDir Path directory;

  private String folder() {
    return directory.resolve("mlp/features").toString();
  }

  /** Not one that can be fitted: what matters is each bit of it. */
  private static FeatureModel model(int numbers, String... values) {
    Random random = new Random(5);
    List<Double> doubles =
        Stream.concat(
                AWKWARD.stream(),
                Stream.generate(() -> Double.longBitsToDouble(random.nextLong()))
                    .filter(Double::isFinite)
                    .limit(numbers))
            .toList();
    List<Float> floats =
        Stream.generate(() -> Float.intBitsToFloat(random.nextInt()))
            .filter(Float::isFinite)
            .limit(numbers)
            .toList();
    List<NumericFeature> numeric =
        IntStream.range(0, doubles.size())
            .mapToObj(
                i -> new NumericFeature("x" + i, "standard", doubles.get(i), i % 2 == 0, doubles))
            .limit(20)
            .toList();
    return new FeatureModel(
        new FeatureModel.Source("the \"label\"", null),
        numeric,
        List.of(
            new CategoricalFeature("a\n`b`.c", List.of(values), 0),
            new CategoricalFeature("many", List.of(), 1 << 20)),
        new FeatureLayout(
            List.of(new FeatureLayout.Numeric("x", floats)),
            List.of(new FeatureLayout.Categorical("a\n`b`.c", 2 + values.length))),
        new LabelLayout(Task.REGRESSION, List.of(), 0.1 + 0.7, Math.nextUp(1e-300)));
  }

  @Test
  void every_bit_of_a_number_and_every_letter_is_kept(SparkSession spark) {
    FeatureModel model = model(5_000, "", " ", "é", "\uD83D\uDE00", "\\u0041", "null", "\t\u0000");
    model.save(folder(), spark);
    FeatureModel loaded = FeatureModel.load(folder(), spark);
    assertThat(loaded).isEqualTo(model); // Doubles are compared by their bits.
    assertThat(loaded.sha256()).isEqualTo(model.sha256());
  }

  @Test
  void an_earlier_one_gives_way_and_nothing_else_stays(SparkSession spark) throws IOException {
    model(1, "a").save(folder(), spark);
    FeatureModel second = model(2, "b");
    second.save(folder(), spark);
    assertThat(FeatureModel.load(folder(), spark)).isEqualTo(second);
    try (Stream<Path> files = Files.list(directory.resolve("mlp"))) {
      assertThat(files.filter(f -> !f.toString().endsWith(".crc")).toList())
          .containsExactly(directory.resolve("mlp/features"));
    }
  }

  @Test
  void one_that_cannot_be_written_leaves_nothing(SparkSession spark) throws IOException {
    Files.writeString(directory.resolve("mlp"), "a file");
    refused(() -> model(1, "a").save(folder(), spark), "cannot write the feature model");
    assertThat(Files.readString(directory.resolve("mlp"))).isEqualTo("a file");
  }

  @Test
  void one_of_an_earlier_release_is_to_be_trained_again(SparkSession spark) throws IOException {
    Files.createDirectories(directory.resolve("mlp/features"));
    Files.writeString(directory.resolve("mlp/features/features.json"), "{}");
    refused(
        () -> FeatureModel.load(folder(), spark),
        "is of an earlier release: it has features.json",
        "Train again");
  }

  @Test
  void one_that_is_missing_torn_or_another_pipeline_is_refused(SparkSession spark)
      throws IOException {
    refused(
        () -> FeatureModel.load(folder(), spark),
        "there is no feature model at " + folder(),
        "Give the folder of a run that has ended");
    model(1, "a").save(folder(), spark);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".parquet")).toList()) {
        Files.delete(file);
      }
    }
    refused(() -> FeatureModel.load(folder(), spark), "/data has 0 rows where one is expected");
    new PipelineModel("other", List.of(new Binarizer())).write().overwrite().save(folder());
    refused(
        () -> FeatureModel.load(folder(), spark),
        "no stage of the pipeline is a FeatureEncoder",
        "Give the folder of a run that has ended");
  }

  private static void refused(Runnable action, String... parts) {
    assertThatThrownBy(action::run)
        .isInstanceOf(LockstepException.class)
        .hasMessageContainingAll(parts);
  }
}
