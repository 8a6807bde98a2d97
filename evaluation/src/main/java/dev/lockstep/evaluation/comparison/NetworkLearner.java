package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.distributor.prediction.Predictor;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.distributor.saved.SavedModel;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.distributor.training.TrainedModel;
import dev.lockstep.distributor.training.Trainer;
import dev.lockstep.distributor.training.TrainingData;
import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.evaluation.tuning.SearchSpace;
import dev.lockstep.models.EstimatorSpec;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Trains networks.
 *
 * @param training how, as far as the experiment says
 */
record NetworkLearner(
    SparkSession spark, Trainer trainer, TrainingOptions training, ExperimentRows experiment)
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
  public FittedModel learn(EstimatorSpec spec, long seed, ModelFolder folder) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Network network = network(spec);
    PreparedData rows = rows(spec);
    TrainedModel trained = trainer.train(TrainingData.of(rows), network, seed, folder, false);
    rows.features().save(folder.path() + "/features", spark);
    SavedModel.verify(trained.folder(), Optional.of(trained.weightsSha256()), hadoop);
    Map<String, Object> settings = new TreeMap<>(network.spec().options());
    Json.fields(network.training().options()).forEach(settings::putIfAbsent);
    settings.put("bestEpoch", trained.bestEpoch());
    List<ModelResult.LearningPoint> learning =
        trained.history().stream()
            .map(e -> new ModelResult.LearningPoint(e.epoch(), e.trainLoss(), e.validationLoss()))
            .toList();
    return new FittedModel(
        encoded -> new Predictor(spark).score(trained.folder(), encoded),
        trained.seconds(),
        settings,
        Optional.of(trained.weightsSha256()),
        learning,
        numbers(trained.folder(), hadoop),
        Optional.empty(),
        () -> {});
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
