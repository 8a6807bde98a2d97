package dev.lockstep.evaluation.cli;

import dev.lockstep.distributor.prediction.TablePrediction;
import dev.lockstep.evaluation.ledger.RunRecord;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * A saved model, or those of an ensemble, that score rows.
 *
 * @param folder the folder that names it
 * @param members the models and their weights
 */
record ScoringModels(String folder, List<TablePrediction.Member> members) {
  /** A model of a run, by its name in the run. */
  static ScoringModels ofRun(RunRecord run, String name, SparkSession spark) {
    return new ScoringModels(run.model(name).folder(), run.members(name, spark));
  }

  /** The model of a folder, of whatever run. */
  static ScoringModels in(String folder, SparkSession spark) {
    RunRecord.Model model = new RunRecord.Model(folder, Optional.empty());
    return new ScoringModels(folder, List.of(new TablePrediction.Member(model.open(spark), 1)));
  }
}
