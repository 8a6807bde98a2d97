package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.evaluation.tuning.SearchSpace;
import dev.lockstep.models.EstimatorSpec;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Fits models: networks and baselines, which a comparison treats alike. */
interface Learner {
  /** What it fits. */
  ModelResult.Kind kind();

  /** The rows that a model is fitted on and judged by. */
  PreparedData rows(EstimatorSpec spec);

  /** What may be varied of a model. */
  SearchSpace space(EstimatorSpec spec);

  /**
   * Fits a model on the train split; the validation split may stop it.
   *
   * @param folder what is kept of the model goes there
   * @param name its name in the run's history; empty for a trial, which is not in it
   */
  FittedModel learn(EstimatorSpec spec, long seed, ModelFolder folder, Optional<String> name);

  /** How a model scores encoded rows that was fitted before and is kept in a folder. */
  UnaryOperator<Dataset<Row>> scoring(ModelFolder folder);
}
