package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.split.Split;
import dev.lockstep.distributor.rendezvous.Distributor;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.evaluation.baselines.BaselineFamily;
import dev.lockstep.evaluation.baselines.Baselines;
import dev.lockstep.evaluation.baselines.FittedBaseline;
import dev.lockstep.evaluation.baselines.SavedBaseline;
import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.evaluation.tuning.SearchSpace;
import dev.lockstep.models.EstimatorSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Fits baselines. */
record BaselineLearner(
    SparkSession spark,
    ExperimentRows experiment,
    int ranks,
    RendezvousOptions job,
    ComparisonListener listener)
    implements Learner {
  /** Fewer rows are fitted sooner on one rank than they are exchanged between several. */
  private static final long FEW_ROWS = 100_000;

  @Override
  public ModelResult.Kind kind() {
    return ModelResult.Kind.baseline;
  }

  @Override
  public PreparedData rows(EstimatorSpec spec) {
    return experiment.first();
  }

  @Override
  public SearchSpace space(EstimatorSpec spec) {
    return SearchSpace.ofBaseline(
        spec,
        BaselineFamily.named(spec.name()).tunedOptions(experiment.first().features().label()));
  }

  @Override
  public UnaryOperator<Dataset<Row>> scoring(ModelFolder folder) {
    return encoded -> SavedBaseline.open(folder.path(), spark).rows().apply(encoded);
  }

  @Override
  public FittedModel learn(
      EstimatorSpec spec, long seed, ModelFolder folder, Optional<String> name) {
    PreparedData rows = rows(spec);
    boolean encrypted = Distributor.isEncrypted(spark.sparkContext().conf());
    long learned = rows.rows(Split.TRAIN) + rows.rows(Split.VALIDATION);
    Baselines baselines =
        new Baselines(
            rows.features().layout(),
            rows.features().label(),
            seed,
            new BaselineFamily.Surroundings(
                learned < FEW_ROWS || encrypted ? 1 : ranks,
                job,
                listener,
                Optional.of(folder.path() + "/checkpoints")));
    FittedBaseline fitted =
        listener.during("training " + spec.name(), () -> baselines.fit(spec, rows.training()));
    return new FittedModel(
        fitted::score,
        fitted.trainSeconds(),
        fitted.settings(),
        Optional.empty(),
        List.of(),
        fitted.numbers(),
        fitted.trees(),
        () -> fitted.save(folder.path(), rows.features(), spark));
  }
}
