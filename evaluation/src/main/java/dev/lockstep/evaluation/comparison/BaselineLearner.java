package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.evaluation.baselines.Baselines;
import dev.lockstep.evaluation.baselines.FittedBaseline;
import dev.lockstep.evaluation.report.ModelResult;
import dev.lockstep.evaluation.tuning.SearchSpace;
import dev.lockstep.models.EstimatorSpec;
import java.util.List;
import java.util.Optional;

/** Fits baselines. */
record BaselineLearner(PreparedData data) implements Learner {
  @Override
  public ModelResult.Kind kind() {
    return ModelResult.Kind.baseline;
  }

  @Override
  public SearchSpace space(EstimatorSpec spec) {
    return SearchSpace.ofBaseline(spec);
  }

  private Baselines baselines(long seed) {
    return new Baselines(data.features().layout(), data.features().label(), seed);
  }

  @Override
  public FittedModel learn(EstimatorSpec spec, long seed, ModelFolder folder) {
    FittedBaseline fitted = baselines(seed).fit(spec, data.training());
    return new FittedModel(
        fitted::score,
        fitted.trainSeconds(),
        fitted.settings(),
        Optional.empty(),
        List.of(),
        fitted.numbers(),
        fitted.trees());
  }
}
