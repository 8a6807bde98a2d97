package dev.lockstep.distributor.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With Spark's own CSV sink, which writes a file for each metric. */
class ObservabilityTest {
  @TempDir Path directory;

  @Test
  void metrics_reach_the_sinks_and_the_jobs_description_says_what_trains() throws IOException {
    Path sink = Files.createDirectory(directory.resolve("sink"));
    String csv = "spark.metrics.conf.*.sink.csv.";
    SparkSession spark =
        MadeUp.builder(directory)
            .config(csv + "class", "org.apache.spark.metrics.sink.CsvSink")
            .config(csv + "directory", sink.toString())
            .config(csv + "period", "60")
            .getOrCreate();
    List<String> descriptions = new CopyOnWriteArrayList<>();
    spark
        .sparkContext()
        .addSparkListener(
            new SparkListener() {
              @Override
              public void onJobStart(SparkListenerJobStart job) {
                descriptions.add(job.properties().getProperty("spark.job.description", ""));
              }
            });
    TrainedModel model =
        MadeUp.train(
            spark,
            MadeUp.rows(spark, 600, 2),
            MadeUp.mlp(),
            MadeUp.spec(2),
            directory.resolve("run"));
    spark.stop();
    double loss = model.history().get(model.history().size() - 1).trainLoss();
    assertThat(last(sink, "lockstep.training.loss")).isCloseTo(loss, within(1e-6));
    for (int rank = 0; rank < 2; rank++) {
      assertThat(last(sink, "lockstep.rank000" + rank + ".loss")).isCloseTo(loss, within(1e-6));
      assertThat(last(sink, "lockstep.rank000" + rank + ".step"))
          .isEqualTo(model.stepLosses().size());
      assertThat(last(sink, "lockstep.rank000" + rank + ".rowsPerSecond")).isPositive();
      assertThat(last(sink, "lockstep.rank000" + rank + ".allReduceMillis")).isPositive();
      assertThat(last(sink, "lockstep.training.rank000" + rank + ".allReduceMillis")).isPositive();
    }
    assertThat(descriptions)
        .contains(
            "lockstep trains mlp on 2 ranks, up to 3 epochs of seed 1, attempt 1, into "
                + directory.resolve("run"));
  }

  /** The newest value of a metric: lines of time and value. */
  private static double last(Path sink, String metric) throws IOException {
    try (Stream<Path> files = Files.list(sink)) {
      List<Path> found =
          files.filter(f -> f.getFileName().toString().endsWith("." + metric + ".csv")).toList();
      assertThat(found).as(metric).hasSize(1);
      List<String> lines = Files.readAllLines(found.get(0));
      return Double.parseDouble(lines.get(lines.size() - 1).split(",")[1]);
    }
  }
}
