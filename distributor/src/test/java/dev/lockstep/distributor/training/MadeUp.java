package dev.lockstep.distributor.training;

import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.distributor.random.CounterRandom;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.models.EstimatorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Small trainings on made-up rows, for tests. */
final class MadeUp {
  private static final List<Float> EDGES = List.of(-3f, -1f, -0.5f, 0f, 0.5f, 1f, 3f);

  static final FeatureLayout FEATURES =
      new FeatureLayout(
          List.of(
              new FeatureLayout.Numeric("a", EDGES),
              new FeatureLayout.Numeric("b", EDGES),
              new FeatureLayout.Numeric("c", EDGES)),
          List.of(new FeatureLayout.Categorical("d", 5), new FeatureLayout.Categorical("e", 3)));
  static final LabelLayout BINARY = new LabelLayout(Task.BINARY, List.of("no", "yes"), 0, 1);

  private MadeUp() {}

  static SparkSession spark(Path directory) {
    return builder(directory).getOrCreate();
  }

  static SparkSession.Builder builder(Path directory) {
    return SparkSession.builder()
        .master("local[8,3]")
        .appName("training-test")
        .config("spark.ui.enabled", false)
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", 3)
        .config("spark.local.dir", directory.toString());
  }

  /** Rows with uneven weights; about a seventh is validation, a seventh test. */
  static Dataset<Row> rows(SparkSession spark, int count, int partitions) {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] x = {
        (float) random.nextGaussian(), (float) random.nextGaussian(), (float) random.nextGaussian()
      };
      int[] c = {random.nextInt(5), random.nextInt(3)};
      boolean yes = x[0] + x[1] * x[2] + (c[0] == 2 ? 1 : 0) + 0.3 * random.nextGaussian() > 0.2;
      String split = i % 7 == 0 ? "validation" : i % 7 == 1 ? "test" : "train";
      rows.add(
          RowFactory.create(
              split, CounterRandom.mix(i + 77L), yes ? 1.0 : 0.0, 0.5 + random.nextInt(3), x, c));
    }
    StructType schema =
        new StructType()
            .add(EncodedRows.SPLIT, DataTypes.StringType)
            .add(EncodedRows.HASH, DataTypes.LongType)
            .add(EncodedRows.LABEL, DataTypes.DoubleType)
            .add(EncodedRows.WEIGHT, DataTypes.DoubleType)
            .add(EncodedRows.NUMERIC, DataTypes.createArrayType(DataTypes.FloatType, false))
            .add(EncodedRows.CATEGORICAL, DataTypes.createArrayType(DataTypes.IntegerType, false));
    return spark.createDataFrame(rows, schema).repartition(partitions);
  }

  static TrainingOptions spec(int ranks) {
    return new TrainingOptions(
        ranks, 16, 3, 3, 100, 1, null, null, null, 0.01, null, null, null, null, null, null, null,
        null, null, null, null, null, null, null);
  }

  static EstimatorSpec mlp() {
    return new EstimatorSpec("mlp", Map.of("hidden", List.of(16, 8), "dropout", 0.2));
  }

  static TrainedModel train(
      SparkSession spark,
      Dataset<Row> rows,
      EstimatorSpec model,
      TrainingOptions spec,
      Path output) {
    return train(spark, rows, model, spec, output, false);
  }

  static TrainedModel train(
      SparkSession spark,
      Dataset<Row> rows,
      EstimatorSpec model,
      TrainingOptions spec,
      Path output,
      boolean resume) {
    return train(spark, rows, Network.of(model, spec), output, resume, TrainingListener.NONE);
  }

  static TrainedModel train(
      SparkSession spark,
      Dataset<Row> rows,
      Network network,
      Path output,
      boolean resume,
      TrainingListener listener) {
    return new Trainer(spark, RendezvousOptions.defaults(), listener)
        .train(
            new TrainingData(EncodedRows.batches(rows), FEATURES, BINARY, "made-up"),
            network,
            1,
            new ModelFolder(output.getParent().toString(), output.getFileName().toString()),
            resume);
  }
}
