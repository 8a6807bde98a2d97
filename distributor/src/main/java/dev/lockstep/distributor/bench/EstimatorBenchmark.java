package dev.lockstep.distributor.bench;

import dev.lockstep.data.Task;
import dev.lockstep.data.preparation.Preparation;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.FeaturesSpec;
import dev.lockstep.data.spec.SplitSpec;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.distributor.training.Trainer;
import dev.lockstep.distributor.training.TrainingData;
import dev.lockstep.distributor.training.TrainingListener;
import dev.lockstep.ml.NetworkClassificationModel;
import dev.lockstep.ml.NetworkClassifier;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.SavedNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What the estimators of Spark ML cost: {@code fit} beside what {@code train} does, and {@code
 * transform} beside the network's own forward pass.
 *
 * @param rows rows of the table, which it makes itself
 * @param numeric numeric columns
 * @param categorical categorical columns
 * @param network name of the network, an {@code mlp} by default
 * @param epochs epochs of a training
 * @param tasks tasks of Spark at once, which is also the number of ranks and of threads that run
 *     the network alone
 * @param rounds how often all is timed, in turn; the medians count
 */
public record EstimatorBenchmark(
    long rows, int numeric, int categorical, String network, int epochs, int tasks, int rounds) {
  private static final int BATCH = 1024;
  private static final double FORWARD_SECONDS = 3;

  /**
   * What was measured.
   *
   * @param fitSeconds to fit an estimator to the table, median
   * @param trainSeconds to prepare the table and train the network in the way of {@code train}
   * @param transformRowsPerSecond rows a second that are read, scored and thrown away
   * @param readRowsPerSecond rows a second that are read and thrown away, without a network
   * @param forwardRowsPerSecond rows a second that the network scores in as many threads, encoded
   *     and in memory
   */
  public record Result(
      double fitSeconds,
      double trainSeconds,
      double transformRowsPerSecond,
      double readRowsPerSecond,
      double forwardRowsPerSecond) {}

  /** Makes the table in an empty folder and measures. */
  public Result run(SparkSession spark, Path folder) throws IOException, InterruptedException {
    String path = folder.resolve("table").toString();
    GeneratedTable table = new GeneratedTable(rows, numeric, categorical);
    table.write(spark, path);
    Dataset<Row> dataset = spark.read().format("delta").load(path);
    List<Double> fit = new ArrayList<>();
    List<Double> train = new ArrayList<>();
    List<Double> transform = new ArrayList<>();
    List<Double> read = new ArrayList<>();
    List<Double> forward = new ArrayList<>();
    NetworkClassifier classifier =
        new NetworkClassifier()
            .setNetwork(network)
            .setNumericCols(table.numericCols())
            .setCategoricalCols(table.categoricalCols())
            .setLabelCol(GeneratedTable.LABEL)
            .setRanks(tasks)
            .setEpochs(epochs);
    NetworkClassificationModel model = null;
    for (int round = 0; round < rounds; round++) {
      long from = System.nanoTime();
      model = classifier.fit(dataset);
      fit.add((System.nanoTime() - from) / 1e9);
      Path run = folder.resolve("run" + round);
      train.add(Rounds.seconds(() -> train(spark, path, table, run.toString())));
    }
    Path saved = folder.resolve("model");
    model.save(saved.toString());
    NetworkClassificationModel scoring = model;
    for (int round = 0; round < rounds; round++) {
      transform.add(rows / Rounds.seconds(() -> Rounds.discard(scoring.transform(dataset))));
      read.add(rows / Rounds.seconds(() -> Rounds.discard(dataset)));
      forward.add(forward(saved.resolve("model")));
    }
    return new Result(
        Rounds.median(fit),
        Rounds.median(train),
        Rounds.median(transform),
        Rounds.median(read),
        Rounds.median(forward));
  }

  private void train(SparkSession spark, String path, GeneratedTable table, String run) {
    FeaturesSpec features =
        new FeaturesSpec(
            List.of(table.numericCols()), List.of(table.categoricalCols()), null, null);
    DataSpec spec =
        new DataSpec(
            path,
            null,
            null,
            Task.BINARY,
            GeneratedTable.LABEL,
            null,
            null,
            null,
            null,
            features,
            // All rows but a few train or validate, as the estimator's do.
            new SplitSpec(0.15, 0.0001, null, null, null, null));
    Map<String, Object> options = Map.of("training", Map.of("epochs", epochs, "ranks", tasks));
    Network trained = Network.of(new EstimatorSpec(network, options), TrainingOptions.empty());
    try (PreparedData data = Preparation.prepare(spark, spec, trained.transform())) {
      new Trainer(spark, RendezvousOptions.defaults(), TrainingListener.NONE)
          .train(TrainingData.of(data), trained, 0, new ModelFolder(run, network), false);
    }
  }

  /** Rows a second of all threads together. */
  private double forward(Path folder) throws IOException, InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(tasks);
    try (SavedNetwork saved = SavedNetwork.open(folder)) {
      List<Future<Double>> rates = new ArrayList<>();
      for (int thread = 0; thread < tasks; thread++) {
        rates.add(threads.submit(() -> rate(saved)));
      }
      double sum = 0;
      for (Future<Double> rate : rates) {
        sum += rate.get();
      }
      return sum;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the network cannot be run: " + e.getCause(), e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static double rate(SavedNetwork network) {
    FeatureSchema schema = network.card().schema();
    Random random = new Random(1);
    float[] x = new float[BATCH * schema.numeric()];
    int[] c = new int[BATCH * schema.categorical()];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < c.length; i++) {
      c[i] = random.nextInt(schema.cardinalities().get(i % schema.categorical()));
    }
    long from = System.nanoTime();
    long scored = 0;
    while (System.nanoTime() - from < FORWARD_SECONDS * 1e9) {
      network.score(x, c, BATCH);
      scored += BATCH;
    }
    return scored / ((System.nanoTime() - from) / 1e9);
  }
}
