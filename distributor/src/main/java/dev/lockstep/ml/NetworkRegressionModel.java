package dev.lockstep.ml;

import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.RegressionModel;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * A network that predicts a number. {@code transform} adds {@code prediction}, in the label's own
 * units, to batches and streams, as a map without a shuffle. A row's prediction does not depend on
 * the rows around it.
 */
public final class NetworkRegressionModel extends RegressionModel<Vector, NetworkRegressionModel>
    implements NetworkModel, MLWritable {
  private final Uid uid;
  private final FittedNetwork fitted;

  /** For Spark Connect's server, which makes one to learn of the class; it cannot score. */
  public NetworkRegressionModel() {
    this(Uid.random("networkRegressionModel"));
  }

  /** As {@link #NetworkRegressionModel()}, of a given uid. */
  public NetworkRegressionModel(String uid) {
    this(uid, null);
  }

  NetworkRegressionModel(String uid, FittedNetwork fitted) {
    this(Uid.held(uid), fitted);
  }

  private NetworkRegressionModel(Uid held, FittedNetwork fitted) {
    this.uid = held.released();
    this.fitted = fitted;
  }

  @Override
  public String uid() {
    return Uid.of(uid);
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
    return OutputColumns.ofNumber(getPredictionCol());
  }

  @Override
  public StructType transformSchema(StructType schema) {
    fitted().check(schema, getFeaturesCol());
    return outputs().appended(schema);
  }

  /**
   * Adds the prediction of each row.
   *
   * @throws dev.lockstep.data.LockstepException if the dataset lacks a feature, or has a column of
   *     the name of the prediction
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    return fitted()
        .scored(dataset, getFeaturesCol(), outputs().fields(0, List.of()), fitted().number());
  }

  /**
   * The prediction of one row, of a network that learned from vectors.
   *
   * @throws dev.lockstep.data.LockstepException if it learned from columns
   */
  @Override
  public double predict(Vector features) {
    return fitted().number().prediction(fitted().scored(features), 0);
  }

  @Override
  public NetworkRegressionModel copy(ParamMap extra) {
    NetworkRegressionModel copy = new NetworkRegressionModel(uid(), fitted);
    return copyValues(copy, extra).setParent(parent());
  }

  @Override
  public MLWriter write() {
    return new ModelWriter(this, fitted());
  }

  /** Reads what {@link #write} has written. */
  public static MLReader<NetworkRegressionModel> read() {
    return new ModelReader<>(NetworkRegressionModel.class, NetworkRegressionModel::new);
  }

  /** A model that was saved. */
  public static NetworkRegressionModel load(String path) {
    return read().load(path);
  }

  @Override
  public String toString() {
    return fitted == null
        ? uid()
        : "NetworkRegressionModel: uid=%s, %s".formatted(uid(), fitted.words());
  }
}
