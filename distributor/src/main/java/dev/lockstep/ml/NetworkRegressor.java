package dev.lockstep.ml;

import dev.lockstep.data.Task;
import java.util.Optional;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.Regressor;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/**
 * Trains a neural network to predict a number, data-parallel on the ranks of a barrier stage.
 * {@code prediction} is in the label's own units.
 *
 * <p>The same Delta versions, Params and seed give the same bits. Delta tables that the dataset
 * reads are held to one version while it is fitted; the model names them.
 */
public final class NetworkRegressor
    extends Regressor<Vector, NetworkRegressor, NetworkRegressionModel>
    implements NetworkParams<NetworkRegressor>, MLWritable {
  private final Uid uid;
  private final TrainingParams params;

  /** A regressor with default Params. */
  public NetworkRegressor() {
    this(Uid.random("networkRegressor"));
  }

  /** A regressor of a given uid. */
  public NetworkRegressor(String uid) {
    this(Uid.held(uid));
  }

  private NetworkRegressor(Uid held) {
    uid = held.released();
    params = new TrainingParams(this);
    params.setDefaults();
  }

  @Override
  public String uid() {
    return Uid.of(uid);
  }

  @Override
  public NetworkRegressor self() {
    return this;
  }

  @Override
  public TrainingParams trainingParams() {
    return params;
  }

  /**
   * Begins with the weights of an earlier model, and keeps what it learned of the features and the
   * label; network, options and columns must be its own. Not saved.
   *
   * @param model the model; null to begin anew
   */
  public NetworkRegressor warmStartFrom(NetworkRegressionModel model) {
    params.setEarlier(Optional.ofNullable(model).map(m -> m.fitted()));
    return this;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    FitColumns.of(this, getLabelCol(), getFeaturesCol()).check(schema, Task.REGRESSION);
    return outputs().appended(schema);
  }

  private OutputColumns outputs() {
    return OutputColumns.ofNumber(getPredictionCol());
  }

  /**
   * Trains a network.
   *
   * @param dataset any rows; they are read several times, so cache what takes long to compute
   * @throws dev.lockstep.data.LockstepException if a Param, a column or a row is wrong, or training
   *     fails; nothing is left behind
   */
  @Override
  public NetworkRegressionModel fit(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    FitColumns columns = FitColumns.of(this, getLabelCol(), getFeaturesCol());
    FittedNetwork fitted = new NetworkFit(params, columns).fit(dataset.toDF(), Task.REGRESSION);
    NetworkRegressionModel model = new NetworkRegressionModel(uid(), fitted);
    return copyValues(model.setParent(this), ParamMap.empty());
  }

  @Override
  public NetworkRegressionModel train(Dataset<?> dataset) {
    return fit(dataset);
  }

  @Override
  public NetworkRegressor copy(ParamMap extra) {
    NetworkRegressor copy = defaultCopy(extra);
    copy.trainingParams().copyOthers(params);
    return copy;
  }

  /** For Spark Connect's server: a network's size is known once it is made, and checked then. */
  @Override
  public long estimateModelSize(Dataset<?> dataset) {
    return 0;
  }

  @Override
  public MLWriter write() {
    return new DefaultParamsWriter(this);
  }

  /** Reads what {@link #write} has written. */
  public static MLReader<NetworkRegressor> read() {
    return new DefaultParamsReader<>();
  }

  /** A regressor that was saved. */
  public static NetworkRegressor load(String path) {
    return read().load(path);
  }
}
