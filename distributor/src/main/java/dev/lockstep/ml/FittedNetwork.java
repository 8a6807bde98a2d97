package dev.lockstep.ml;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.features.FeatureEncoder;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.features.RowEncoder;
import dev.lockstep.data.internal.spark.VectorRows;
import dev.lockstep.distributor.prediction.NetworkScoring;
import dev.lockstep.distributor.prediction.RowOutput;
import dev.lockstep.distributor.prediction.SharedNetwork;
import dev.lockstep.distributor.prediction.VectorEntries;
import dev.lockstep.models.ModelCard;
import dev.lockstep.models.PortableNetwork;
import dev.lockstep.models.SavedNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** What the models of classes and of numbers are made of: a network, its features, its record. */
public final class FittedNetwork {
  private static final String RECORD = "fit.json";

  private final PortableNetwork network;
  private final FeatureModel features;
  private final FitRecord fit;
  private final SharedNetwork shared;
  private final ModelCard card;

  /** Of one application of Spark; made again for another. */
  private Broadcast<SharedNetwork> sent;

  private SparkContext sentBy;

  FittedNetwork(PortableNetwork network, FeatureModel features, FitRecord fit) {
    this.network = network;
    this.features = features;
    this.fit = fit;
    this.shared = new SharedNetwork(network::open, Optional.of(features));
    this.card = network.card();
  }

  PortableNetwork network() {
    return network;
  }

  ModelCard card() {
    return card;
  }

  FeatureModel features() {
    return features;
  }

  FitRecord record() {
    return fit;
  }

  /** Size in bytes of the weights and of the files beside them. */
  long bytes() {
    return network.bytes();
  }

  /** Number of features: entries of the vector, or columns. */
  int numFeatures() {
    return fit.vector()
        .map(VectorEntries::size)
        .orElse(features.numericColumns().size() + features.categoricalColumns().size());
  }

  /**
   * Refuses a dataset without the features.
   *
   * @param vector name of the column of vectors, which is read where the network learned from one
   */
  void check(StructType schema, String vector) {
    if (fit.vector().isEmpty()) {
      features.checkColumns(schema, "the dataset");
      return;
    }
    if (!Arrays.asList(schema.fieldNames()).contains(vector)) {
      throw new LockstepException(
          "the dataset has no column '%s' (featuresCol)".formatted(vector),
          "Its columns are " + String.join(", ", schema.fieldNames()));
    }
    VectorEntries.checkType(schema, vector);
  }

  /** The dataset with the scores of its rows: a map, without a shuffle. */
  Dataset<Row> scored(
      Dataset<?> dataset, String vector, List<StructField> added, RowOutput output) {
    if (added.isEmpty()) {
      return dataset.toDF();
    }
    StructType columns = new StructType(added.toArray(StructField[]::new));
    Broadcast<SharedNetwork> network = broadcast(dataset.sparkSession());
    return fit.vector()
        .map(e -> NetworkScoring.ofVector(dataset, vector, e, network, columns, output))
        .orElseGet(() -> NetworkScoring.ofColumns(dataset, features, network, columns, output));
  }

  private synchronized Broadcast<SharedNetwork> broadcast(SparkSession spark) {
    SparkContext context = spark.sparkContext();
    if (sent == null || sentBy != context) {
      sent = JavaSparkContext.fromSparkContext(context).broadcast(shared);
      sentBy = context;
    }
    return sent;
  }

  /**
   * Scores a single vector on this machine, with the bits of {@code transform}; it is row 0.
   *
   * @param vector entries as those that the network learned from
   * @throws LockstepException if it learned from columns
   */
  SavedNetwork.Scored scored(Vector vector) {
    if (fit.vector().isEmpty()) {
      throw new LockstepException(
          "the network learned from columns (numericCols, categoricalCols), not from a vector",
          "Use transform, or lockstep-models' SavedNetwork for single rows");
    }
    Iterator<InternalRow> one = List.of(VectorRows.row(VectorRows.of(vector))).iterator();
    NetworkScoring.Scores scores =
        new NetworkScoring.Scores(one, 1, shared, List.of(0), fit.vector());
    scores.next();
    return scores.batch();
  }

  /** Writes all but Spark's metadata. */
  void save(ModelFiles files) {
    new FeatureEncoder(features).write().session(files.spark()).saveImpl(files.path("features"));
    try {
      network.write((name, content) -> files.write("model/" + name, content));
      files.write(RowEncoder.FILE, RowEncoder.json(features).getBytes(StandardCharsets.UTF_8));
      files.write(RECORD, Json.line(fit).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new LockstepException(
          "cannot write the model to %s: %s".formatted(files.path(""), e.getMessage()),
          "Choose another folder",
          e);
    }
  }

  /** Reads what {@link #save} has written. */
  static FittedNetwork load(ModelFiles files) {
    try {
      FitRecord fit =
          Json.read(new String(files.read(RECORD), StandardCharsets.UTF_8), FitRecord.class);
      PortableNetwork network = PortableNetwork.read(name -> files.read("model/" + name));
      FeatureModel features =
          FeatureEncoder.read().session(files.spark()).load(files.path("features")).model();
      return new FittedNetwork(network, features, fit);
    } catch (IOException | IllegalArgumentException e) {
      throw new LockstepException(
          "the model in %s cannot be used: %s".formatted(files.path(""), e.getMessage()),
          "Copy the whole folder again, or fit again; a newer release may be needed",
          e);
    }
  }

  /** A short description, by which networks are told apart in a log. */
  String words() {
    return "network=%s, weightsSha256=%s, numFeatures=%d"
        .formatted(card().model().name(), card().weightsSha256(), numFeatures());
  }

  /** The prediction of a regression. */
  NumberScores number() {
    return new NumberScores(card.labelMean(), card.labelDeviation());
  }

  /** Predictions in the label's own units. */
  record NumberScores(double mean, double deviation) implements RowOutput {
    @Override
    public InternalRow of(SavedNetwork.Scored scored, int row) {
      return VectorRows.row(prediction(scored, row));
    }

    /** The prediction of a row. */
    double prediction(SavedNetwork.Scored scored, int row) {
      return scored.predictions()[row] * deviation + mean;
    }
  }
}
