package dev.lockstep.ml;

import dev.lockstep.data.LockstepException;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import scala.Tuple3;

/**
 * A network that predicts classes. {@code transform} adds {@code rawPrediction} (logits), {@code
 * probability}, both vectors {@code [numClasses]}, and {@code prediction}, to batches and streams,
 * as a map without a shuffle. A row's scores do not depend on the rows around it.
 */
public final class NetworkClassificationModel
    extends ProbabilisticClassificationModel<Vector, NetworkClassificationModel>
    implements NetworkModel, MLWritable {
  private final Uid uid;
  private final FittedNetwork fitted;

  /** For Spark Connect's server, which makes one to learn of the class; it cannot score. */
  public NetworkClassificationModel() {
    this(Uid.random("networkClassificationModel"));
  }

  /** As {@link #NetworkClassificationModel()}, of a given uid. */
  public NetworkClassificationModel(String uid) {
    this(uid, null);
  }

  NetworkClassificationModel(String uid, FittedNetwork fitted) {
    this(Uid.held(uid), fitted);
  }

  private NetworkClassificationModel(Uid held, FittedNetwork fitted) {
    this.uid = held.released();
    this.fitted = fitted;
  }

  @Override
  public String uid() {
    return Uid.of(uid);
  }

  private ClassLabels labels() {
    return fitted().record().labels().orElseThrow();
  }

  /** The classes of the train rows, in the order of the network's outputs. */
  public List<String> classes() {
    return labels().classes();
  }

  @Override
  public int numClasses() {
    return labels().size();
  }

  @Override
  public int numFeatures() {
    return fitted().numFeatures();
  }

  @Override
  public FittedNetwork fitted() {
    if (fitted == null) {
      throw new IllegalStateException(uid() + " has no network: fit one, or load one");
    }
    return fitted;
  }

  /** Bytes of the network, for Spark Connect's cache of models. */
  @Override
  public long estimatedSize() {
    return fitted().bytes();
  }

  private OutputColumns outputs() {
    return new OutputColumns(getRawPredictionCol(), getProbabilityCol(), getPredictionCol());
  }

  private ClassScores scores() {
    OutputColumns columns = outputs();
    return new ClassScores(
        labels(),
        new ClassScores.OutputSet(
            !columns.raw().isEmpty(),
            !columns.probability().isEmpty(),
            !columns.prediction().isEmpty()),
        isDefined(thresholds()) ? Arrays.stream(getThresholds()).boxed().toList() : List.of());
  }

  @Override
  public StructType transformSchema(StructType schema) {
    fitted().check(schema, getFeaturesCol());
    if (isDefined(thresholds()) && getThresholds().length != numClasses()) {
      throw new LockstepException(
          "thresholds has %d numbers, but there are %d classes"
              .formatted(getThresholds().length, numClasses()),
          "Give one for each class, in the order of the probabilities");
    }
    return outputs().appended(schema, numClasses(), labels().names());
  }

  /**
   * Adds the scores of each row.
   *
   * @throws LockstepException if the dataset lacks a feature, or has a column of the name of one
   *     that is added
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    return fitted()
        .scored(
            dataset, getFeaturesCol(), outputs().fields(numClasses(), labels().names()), scores());
  }

  /**
   * The logits of one row, of a network that learned from vectors.
   *
   * @throws LockstepException if it learned from columns
   */
  @Override
  public Vector predictRaw(Vector features) {
    return Vectors.dense(scores().raw(fitted().scored(features), 0));
  }

  /** The softmax, which for two classes with log-odds of both signs is the logistic function. */
  @Override
  public Vector raw2probabilityInPlace(Vector rawPrediction) {
    double[] values = ((DenseVector) rawPrediction).values();
    if (classes().size() == 2 && card().outputs() == 1) {
      int first = labels().places().get(0);
      int second = labels().places().get(1);
      double positive = 1 / (1 + Math.exp(-values[second]));
      Arrays.fill(values, 0);
      values[first] = 1 - positive;
      values[second] = positive;
      return rawPrediction;
    }
    double most = Arrays.stream(values).max().orElse(0);
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.exp(values[i] - most);
      sum += values[i];
    }
    for (int i = 0; i < values.length; i++) {
      values[i] /= sum;
    }
    return rawPrediction;
  }

  @Override
  public double probability2prediction(Vector probability) {
    return scores().prediction(probability.toArray());
  }

  @Override
  public double raw2prediction(Vector rawPrediction) {
    return probability2prediction(raw2probability(rawPrediction));
  }

  /** For Spark's training summaries, which networks have none of: {@link #history()} is theirs. */
  @Override
  @SuppressWarnings({
    "rawtypes",
    "unchecked"
  }) // Spark has two methods of this name, of different type arguments.
  public Tuple3 findSummaryModel() {
    throw new UnsupportedOperationException("a network has a history, and no training summary");
  }

  @Override
  public NetworkClassificationModel copy(ParamMap extra) {
    NetworkClassificationModel copy = new NetworkClassificationModel(uid(), fitted);
    return copyValues(copy, extra).setParent(parent());
  }

  @Override
  public MLWriter write() {
    return new ModelWriter(this, fitted());
  }

  /** Reads what {@link #write} has written. */
  public static MLReader<NetworkClassificationModel> read() {
    return new ModelReader<>(NetworkClassificationModel.class, NetworkClassificationModel::new);
  }

  /** A model that was saved. */
  public static NetworkClassificationModel load(String path) {
    return read().load(path);
  }

  @Override
  public String toString() {
    return fitted == null
        ? uid()
        : "NetworkClassificationModel: uid=%s, numClasses=%d, %s"
            .formatted(uid(), numClasses(), fitted().words());
  }
}
