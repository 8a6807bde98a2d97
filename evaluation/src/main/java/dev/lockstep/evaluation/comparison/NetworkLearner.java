package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.distributor.experiment.HistoryFile;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.prediction.Predictor;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.distributor.saved.SavedModel;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.distributor.training.TrainedModel;
import dev.lockstep.distributor.training.Trainer;
import dev.lockstep.distributor.training.TrainingData;
import dev.lockstep.distributor.training.TrainingListener;
import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.evaluation.tuning.SearchSpace;
import dev.lockstep.models.EstimatorSpec;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Trains networks.
 *
 * @param job how ranks meet
 * @param training how, as far as the experiment says
 * @param history gets a line an epoch
 * @param resumes whether a network goes on from a checkpoint, where the run has left one
 */
record NetworkLearner(
    SparkSession spark,
    RendezvousOptions job,
    TrainingListener listener,
    TrainingOptions training,
    ExperimentRows experiment,
    HistoryFile history,
    boolean resumes)
    implements Learner {
  @Override
  public ModelResult.Kind kind() {
    return ModelResult.Kind.network;
  }

  @Override
  public PreparedData rows(EstimatorSpec spec) {
    return experiment.with(network(spec).transform());
  }

  private Network network(EstimatorSpec spec) {
    return Network.of(spec, training);
  }

  @Override
  public SearchSpace space(EstimatorSpec spec) {
    return SearchSpace.ofNetwork(spec, training, network(spec).training());
  }

  @Override
  public UnaryOperator<Dataset<Row>> scoring(ModelFolder folder) {
    return encoded -> new Predictor(spark).score(folder.path() + "/model", encoded);
  }

  /** Trains a network and keeps it with its features, as {@link #learn} does. */
  TrainedModel train(EstimatorSpec spec, long seed, ModelFolder folder, Optional<String> name) {
    PreparedData rows = rows(spec);
    TrainingListener heard = name.map(n -> history.of(n, seed, listener)).orElse(listener);
    // Before the network, which ends what a checkpoint goes on with.
    rows.features().save(folder.path() + "/features", spark);
    TrainedModel trained =
        new Trainer(spark, job, heard)
            .train(TrainingData.of(rows), network(spec), seed, folder, resumes && name.isPresent());
    SavedModel.verify(
        trained.folder(),
        Optional.of(trained.weightsSha256()),
        spark.sessionState().newHadoopConf());
    return trained;
  }

  /** The step of the last checkpoint of a network; empty if it has none. */
  Optional<Long> lastCheckpoint(EstimatorSpec spec, long seed, ModelFolder folder) {
    return new Trainer(spark, job, TrainingListener.NONE)
        .lastCheckpoint(TrainingData.of(rows(spec)), network(spec), seed, folder);
  }

  @Override
  public FittedModel learn(
      EstimatorSpec spec, long seed, ModelFolder folder, Optional<String> name) {
    Network network = network(spec);
    TrainedModel trained = train(spec, seed, folder, name);
    Map<String, Object> settings = new TreeMap<>(network.spec().options());
    Json.fields(network.training().options()).forEach(settings::putIfAbsent);
    settings.put("bestEpoch", trained.bestEpoch());
    List<ModelResult.LearningPoint> learning =
        trained.history().stream()
            .map(e -> new ModelResult.LearningPoint(e.epoch(), e.trainLoss(), e.validationLoss()))
            .toList();
    return new FittedModel(
        scoring(folder),
        seconds(trained),
        settings,
        Optional.of(trained.weightsSha256()),
        learning,
        numbers(trained.folder(), spark.sessionState().newHadoopConf()),
        Optional.empty(),
        () -> {});
  }

  /** Of a training that was cut off, the epochs before that count as well. */
  private static double seconds(TrainedModel trained) {
    double epochs = trained.history().stream().mapToDouble(EpochReport::seconds).sum();
    return trained.resumedAt() == 0 ? trained.seconds() : Math.max(trained.seconds(), epochs);
  }

  /** Weights are float32, and little else is in their file. */
  private static long numbers(String folder, Configuration hadoop) {
    Path weights = new Path(folder, SavedModel.WEIGHTS);
    try {
      return weights.getFileSystem(hadoop).getFileStatus(weights).getLen() / Float.BYTES;
    } catch (IOException e) {
      throw new LockstepException(
          "cannot read " + weights + ": " + e.getMessage(), "Choose another 'output'", e);
    }
  }
}
