package dev.lockstep.evaluation.cli;

import dev.lockstep.evaluation.ledger.RunRecord;
import dev.lockstep.evaluation.result.ChosenModel;
import org.apache.spark.sql.SparkSession;

/** A model of a run as a person names it, or the one that the run's verdict speaks for. */
final class NamedModel {
  private NamedModel() {}

  /** Its name in the run; one that nobody has named is told with the reason. */
  static String find(ModelOption option, RunRecord run, SparkSession spark, Progress progress) {
    if (option.given().isPresent()) {
      return option.given().get();
    }
    ChosenModel chosen = run.chosen(spark.sessionState().newHadoopConf());
    progress.done("%s of run %s: %s".formatted(chosen.model(), run.runId(), chosen.reason()));
    return chosen.model();
  }
}
