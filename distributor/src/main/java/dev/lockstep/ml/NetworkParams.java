package dev.lockstep.ml;

import dev.lockstep.data.Json;
import dev.lockstep.distributor.training.TrainingListener;
import java.util.Map;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.param.shared.HasWeightCol;

/**
 * The Params that the networks' estimators share. Options of training that are not set are what the
 * network does best with, or else what holds for all: 2 ranks, 64 lanes, 100 epochs with a patience
 * of 16, 256 rows a step, AdamW with a rate of 0.001 and a weight decay of 0.0001, one thread a
 * rank.
 *
 * <p>Features are the columns of {@link #numericCols()}, {@link #categoricalCols()} and {@link
 * #dateCols()}; where the first two are empty, the entries of the vector {@code featuresCol}, of
 * which those with a nominal attribute are categories.
 *
 * @param <S> the estimator, which setters give back
 */
public interface NetworkParams<S extends NetworkParams<S>> extends HasWeightCol {
  /** The estimator itself. */
  S self();

  /** The Params of this estimator. */
  TrainingParams trainingParams();

  /**
   * Name of the network, such as {@code mlp-ple}; default {@code mlp}. {@code lockstep models}
   * lists them.
   */
  default Param<String> network() {
    return trainingParams().network;
  }

  /**
   * Columns of numbers and times that are features; null is missing, and NaN is refused or left
   * out, by handleInvalid. Default none.
   */
  default StringArrayParam numericCols() {
    return trainingParams().numericCols;
  }

  /** Columns of any other type, or of codes, that are features; default none. */
  default StringArrayParam categoricalCols() {
    return trainingParams().categoricalCols;
  }

  /**
   * Columns of dates and timestamps that are features by their age, counted from the latest of the
   * train rows, and by their place in the day, the week, the month and the year. They stand beside
   * numericCols or categoricalCols; a time that numericCols names is one number. Default none.
   */
  default StringArrayParam dateCols() {
    return trainingParams().dateCols;
  }

  /**
   * Columns that name what rows belong to, such as a customer: its rows are never split. Default
   * none.
   */
  default StringArrayParam keyCols() {
    return trainingParams().keyCols;
  }

  /** Column of booleans: rows with true do not train, but choose the epoch. Default: unset. */
  default Param<String> validationIndicatorCol() {
    return trainingParams().validationIndicatorCol;
  }

  /**
   * Share of rows that choose the epoch, by a hash of the key, where no column says it, in [0, 1);
   * default 0.15.
   */
  default DoubleParam validationShare() {
    return trainingParams().validationShare;
  }

  /**
   * How numbers are transformed: {@code quantile}, {@code standard}, {@code robust}; default {@code
   * auto}, what the network does best with.
   */
  default Param<String> numericTransform() {
    return trainingParams().numericTransform;
  }

  /**
   * Rows to be trained on without a label, without a weight above 0, or with numbers that are not
   * finite: {@code error} (default) or {@code skip}.
   */
  default Param<String> handleInvalid() {
    return trainingParams().handleInvalid;
  }

  /** Seed of everything random; default 0. */
  default LongParam seed() {
    return trainingParams().seed;
  }

  /**
   * Folder for checkpoints on a file system that the driver and all executors reach. Default:
   * unset; ranks that fail begin again at the first step.
   */
  default Param<String> checkpointDir() {
    return trainingParams().checkpointDir;
  }

  /** How often ranks may begin, the first time included; default 4. */
  default IntParam rankAttempts() {
    return trainingParams().rankAttempts;
  }

  /** Number of ranks, W, each a task of Spark; all run at once. */
  default IntParam ranks() {
    return (IntParam) trainingParams().options.get("ranks");
  }

  /** Number of lanes, V; results depend on it, on ranks only by the rounding of sums. */
  default IntParam lanes() {
    return (IntParam) trainingParams().options.get("lanes");
  }

  /** Largest number of epochs. */
  default IntParam epochs() {
    return (IntParam) trainingParams().options.get("epochs");
  }

  /** Epochs without a better validation metric after which training stops. */
  default IntParam patience() {
    return (IntParam) trainingParams().options.get("patience");
  }

  /** Rows of a step, over all ranks. */
  default IntParam batchSize() {
    return (IntParam) trainingParams().options.get("batch");
  }

  /** Parts in which a step's rows pass through the network, to save memory. */
  default IntParam accumulate() {
    return (IntParam) trainingParams().options.get("accumulate");
  }

  /**
   * The loss as YAML or JSON, such as <code>focal</code> or <code>{name: focal, gamma: 2}</code>;
   * unset: what fits.
   */
  default Param<String> loss() {
    return trainingParams().text("loss");
  }

  /** Which optimizer: {@code adamw} or {@code sgd}. */
  default Param<String> optimizer() {
    return trainingParams().text("optimizer");
  }

  /** Learning rate before the schedule. */
  default DoubleParam learningRate() {
    return (DoubleParam) trainingParams().options.get("learningRate");
  }

  /**
   * The learning rate over the run: {@code constant}, {@code cosine}, {@code onecycle}, {@code
   * coslog4}.
   */
  default Param<String> schedule() {
    return trainingParams().text("schedule");
  }

  /** Share of the run that is warm-up, in [0, 1). */
  default DoubleParam warmup() {
    return (DoubleParam) trainingParams().options.get("warmup");
  }

  /** Decoupled weight decay of weights (not of biases, norms and embeddings). */
  default DoubleParam weightDecay() {
    return (DoubleParam) trainingParams().options.get("weightDecay");
  }

  /** AdamW's decay of the mean of gradients. */
  default DoubleParam beta1() {
    return (DoubleParam) trainingParams().options.get("beta1");
  }

  /** AdamW's decay of the mean of squares. */
  default DoubleParam beta2() {
    return (DoubleParam) trainingParams().options.get("beta2");
  }

  /** AdamW's epsilon. */
  default DoubleParam epsilon() {
    return (DoubleParam) trainingParams().options.get("epsilon");
  }

  /** SGD's momentum. */
  default DoubleParam momentum() {
    return (DoubleParam) trainingParams().options.get("momentum");
  }

  /** Largest norm of a step's gradient; 0 for no clipping. */
  default DoubleParam clipNorm() {
    return (DoubleParam) trainingParams().options.get("clipNorm");
  }

  /** Decay of the moving average of weights that is validated and kept; 0 for none. */
  default DoubleParam ema() {
    return (DoubleParam) trainingParams().options.get("ema");
  }

  /** What is sharded over the ranks: {@code none}, {@code optimizer} or {@code full}. */
  default Param<String> sharding() {
    return trainingParams().text("sharding");
  }

  /** How gradients travel between ranks: {@code float32} or {@code bfloat16}. */
  default Param<String> gradients() {
    return trainingParams().text("gradients");
  }

  /** What chooses the epoch: {@code loss} or {@code accuracy}. */
  default Param<String> validationMetric() {
    return trainingParams().text("metric");
  }

  /** libtorch's threads a rank; sums depend on it. */
  default IntParam threads() {
    return (IntParam) trainingParams().options.get("threads");
  }

  /** The network's own options, as YAML or JSON, such as {@code hidden: [256, 256]}. */
  default Param<String> networkOptions() {
    return trainingParams().networkOptions;
  }

  /** The value of {@link #networkOptions()}. */
  default String getNetworkOptions() {
    return getOrDefault(networkOptions());
  }

  /** Sets {@link #networkOptions()}. */
  default S setNetworkOptions(String yaml) {
    set(networkOptions(), yaml);
    return self();
  }

  /** Sets {@link #networkOptions()}. */
  default S setNetworkOptions(Map<String, ?> options) {
    return setNetworkOptions(Json.line(options));
  }

  /** Column of the rows' weights, above 0. Default: unset. */
  @Override
  default Param<String> weightCol() {
    return trainingParams().weightCol;
  }

  /** Spark's trait would make its own Param here; ours is made with the others. */
  @Override
  default void org$apache$spark$ml$param$shared$HasWeightCol$_setter_$weightCol_$eq(
      Param<String> param) {
    throw new IllegalStateException("expected that nobody sets weightCol's Param");
  }

  /** Sets {@link #weightCol()}. */
  default S setWeightCol(String value) {
    set(weightCol(), value);
    return self();
  }

  /** Who hears of the trainings, on the driver; by default they are logged. Not saved. */
  default S setTrainingListener(TrainingListener hears) {
    trainingParams().setListener(hears);
    return self();
  }

  /** Sets {@link #network()}. */
  default S setNetwork(String value) {
    set(network(), value);
    return self();
  }

  /** Sets {@link #numericCols()}. */
  default S setNumericCols(String[] value) {
    set(numericCols(), value);
    return self();
  }

  /** Sets {@link #categoricalCols()}. */
  default S setCategoricalCols(String[] value) {
    set(categoricalCols(), value);
    return self();
  }

  /** Sets {@link #dateCols()}. */
  default S setDateCols(String[] value) {
    set(dateCols(), value);
    return self();
  }

  /** Sets {@link #keyCols()}. */
  default S setKeyCols(String[] value) {
    set(keyCols(), value);
    return self();
  }

  /** Sets {@link #validationIndicatorCol()}. */
  default S setValidationIndicatorCol(String value) {
    set(validationIndicatorCol(), value);
    return self();
  }

  /** Sets {@link #validationShare()}. */
  default S setValidationShare(double value) {
    set(validationShare(), value);
    return self();
  }

  /** Sets {@link #numericTransform()}. */
  default S setNumericTransform(String value) {
    set(numericTransform(), value);
    return self();
  }

  /** Sets {@link #handleInvalid()}. */
  default S setHandleInvalid(String value) {
    set(handleInvalid(), value);
    return self();
  }

  /** Sets {@link #seed()}. */
  default S setSeed(long value) {
    set(seed(), value);
    return self();
  }

  /** Sets {@link #checkpointDir()}. */
  default S setCheckpointDir(String value) {
    set(checkpointDir(), value);
    return self();
  }

  /** Sets {@link #rankAttempts()}. */
  default S setRankAttempts(int value) {
    set(rankAttempts(), value);
    return self();
  }

  /** Sets {@link #ranks()}. */
  default S setRanks(int value) {
    set(ranks(), value);
    return self();
  }

  /** Sets {@link #lanes()}. */
  default S setLanes(int value) {
    set(lanes(), value);
    return self();
  }

  /** Sets {@link #epochs()}. */
  default S setEpochs(int value) {
    set(epochs(), value);
    return self();
  }

  /** Sets {@link #patience()}. */
  default S setPatience(int value) {
    set(patience(), value);
    return self();
  }

  /** Sets {@link #batchSize()}. */
  default S setBatchSize(int value) {
    set(batchSize(), value);
    return self();
  }

  /** Sets {@link #accumulate()}. */
  default S setAccumulate(int value) {
    set(accumulate(), value);
    return self();
  }

  /** Sets {@link #loss()}. */
  default S setLoss(String value) {
    set(loss(), value);
    return self();
  }

  /** Sets {@link #optimizer()}. */
  default S setOptimizer(String value) {
    set(optimizer(), value);
    return self();
  }

  /** Sets {@link #learningRate()}. */
  default S setLearningRate(double value) {
    set(learningRate(), value);
    return self();
  }

  /** Sets {@link #schedule()}. */
  default S setSchedule(String value) {
    set(schedule(), value);
    return self();
  }

  /** Sets {@link #warmup()}. */
  default S setWarmup(double value) {
    set(warmup(), value);
    return self();
  }

  /** Sets {@link #weightDecay()}. */
  default S setWeightDecay(double value) {
    set(weightDecay(), value);
    return self();
  }

  /** Sets {@link #beta1()}. */
  default S setBeta1(double value) {
    set(beta1(), value);
    return self();
  }

  /** Sets {@link #beta2()}. */
  default S setBeta2(double value) {
    set(beta2(), value);
    return self();
  }

  /** Sets {@link #epsilon()}. */
  default S setEpsilon(double value) {
    set(epsilon(), value);
    return self();
  }

  /** Sets {@link #momentum()}. */
  default S setMomentum(double value) {
    set(momentum(), value);
    return self();
  }

  /** Sets {@link #clipNorm()}. */
  default S setClipNorm(double value) {
    set(clipNorm(), value);
    return self();
  }

  /** Sets {@link #ema()}. */
  default S setEma(double value) {
    set(ema(), value);
    return self();
  }

  /** Sets {@link #sharding()}. */
  default S setSharding(String value) {
    set(sharding(), value);
    return self();
  }

  /** Sets {@link #gradients()}. */
  default S setGradients(String value) {
    set(gradients(), value);
    return self();
  }

  /** Sets {@link #validationMetric()}. */
  default S setValidationMetric(String value) {
    set(validationMetric(), value);
    return self();
  }

  /** Sets {@link #threads()}. */
  default S setThreads(int value) {
    set(threads(), value);
    return self();
  }

  /** The value of {@link #network()}. */
  default String getNetwork() {
    return getOrDefault(network());
  }

  /** The value of {@link #numericCols()}. */
  default String[] getNumericCols() {
    return getOrDefault(numericCols());
  }

  /** The value of {@link #categoricalCols()}. */
  default String[] getCategoricalCols() {
    return getOrDefault(categoricalCols());
  }

  /** The value of {@link #dateCols()}. */
  default String[] getDateCols() {
    return getOrDefault(dateCols());
  }

  /** The value of {@link #keyCols()}. */
  default String[] getKeyCols() {
    return getOrDefault(keyCols());
  }

  /** The value of {@link #validationIndicatorCol()}, if it is set. */
  default String getValidationIndicatorCol() {
    return getOrDefault(validationIndicatorCol());
  }

  /** The value of {@link #validationShare()}. */
  default double getValidationShare() {
    return (Double) getOrDefault(validationShare());
  }

  /** The value of {@link #numericTransform()}. */
  default String getNumericTransform() {
    return getOrDefault(numericTransform());
  }

  /** The value of {@link #handleInvalid()}. */
  default String getHandleInvalid() {
    return getOrDefault(handleInvalid());
  }

  /** The value of {@link #seed()}. */
  default long getSeed() {
    return (Long) getOrDefault(seed());
  }

  /** The value of {@link #checkpointDir()}, if it is set. */
  default String getCheckpointDir() {
    return getOrDefault(checkpointDir());
  }

  /** The value of {@link #rankAttempts()}. */
  default int getRankAttempts() {
    return (Integer) getOrDefault(rankAttempts());
  }

  /** The value of {@link #ranks()}, if it is set. */
  default int getRanks() {
    return (Integer) getOrDefault(ranks());
  }

  /** The value of {@link #lanes()}, if it is set. */
  default int getLanes() {
    return (Integer) getOrDefault(lanes());
  }

  /** The value of {@link #epochs()}, if it is set. */
  default int getEpochs() {
    return (Integer) getOrDefault(epochs());
  }

  /** The value of {@link #patience()}, if it is set. */
  default int getPatience() {
    return (Integer) getOrDefault(patience());
  }

  /** The value of {@link #batchSize()}, if it is set. */
  default int getBatchSize() {
    return (Integer) getOrDefault(batchSize());
  }

  /** The value of {@link #accumulate()}, if it is set. */
  default int getAccumulate() {
    return (Integer) getOrDefault(accumulate());
  }

  /** The value of {@link #loss()}, if it is set. */
  default String getLoss() {
    return getOrDefault(loss());
  }

  /** The value of {@link #optimizer()}, if it is set. */
  default String getOptimizer() {
    return getOrDefault(optimizer());
  }

  /** The value of {@link #learningRate()}, if it is set. */
  default double getLearningRate() {
    return (Double) getOrDefault(learningRate());
  }

  /** The value of {@link #schedule()}, if it is set. */
  default String getSchedule() {
    return getOrDefault(schedule());
  }

  /** The value of {@link #warmup()}, if it is set. */
  default double getWarmup() {
    return (Double) getOrDefault(warmup());
  }

  /** The value of {@link #weightDecay()}, if it is set. */
  default double getWeightDecay() {
    return (Double) getOrDefault(weightDecay());
  }

  /** The value of {@link #beta1()}, if it is set. */
  default double getBeta1() {
    return (Double) getOrDefault(beta1());
  }

  /** The value of {@link #beta2()}, if it is set. */
  default double getBeta2() {
    return (Double) getOrDefault(beta2());
  }

  /** The value of {@link #epsilon()}, if it is set. */
  default double getEpsilon() {
    return (Double) getOrDefault(epsilon());
  }

  /** The value of {@link #momentum()}, if it is set. */
  default double getMomentum() {
    return (Double) getOrDefault(momentum());
  }

  /** The value of {@link #clipNorm()}, if it is set. */
  default double getClipNorm() {
    return (Double) getOrDefault(clipNorm());
  }

  /** The value of {@link #ema()}, if it is set. */
  default double getEma() {
    return (Double) getOrDefault(ema());
  }

  /** The value of {@link #sharding()}, if it is set. */
  default String getSharding() {
    return getOrDefault(sharding());
  }

  /** The value of {@link #gradients()}, if it is set. */
  default String getGradients() {
    return getOrDefault(gradients());
  }

  /** The value of {@link #validationMetric()}, if it is set. */
  default String getValidationMetric() {
    return getOrDefault(validationMetric());
  }

  /** The value of {@link #threads()}, if it is set. */
  default int getThreads() {
    return (Integer) getOrDefault(threads());
  }
}
