package dev.lockstep.evaluation.cli;

import dev.lockstep.evaluation.comparison.ComparisonListener;
import dev.lockstep.evaluation.mlflow.MlflowTracking;
import dev.lockstep.evaluation.tensorboard.TensorBoardFiles;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/**
 * Who else hears of a run; a picocli mixin. No member names a type of Spark's, as help shows it.
 */
final class TrackingOptions {
  @Option(
      names = "--tensorboard",
      paramLabel = "DIR",
      description = "Write event files for TensorBoard below this folder while the run is made.")
  private String tensorboard;

  @Option(
      names = "--register",
      paramLabel = "NAME",
      description =
          "Register the model of the verdict under this name with the MLflow server that"
              + " MLFLOW_TRACKING_URI names.")
  private String registered;

  /**
   * A listener with those that the options name; there must be a Spark session.
   *
   * @param listener hears the same, and what goes wrong with them
   */
  ComparisonListener with(ComparisonListener listener) {
    SparkSession spark = SparkSession.active();
    if (registered != null) {
      spark.conf().set(MlflowTracking.REGISTERED, registered);
    }
    return tensorboard == null
        ? listener
        : listener.and(
            new TensorBoardFiles(
                tensorboard, spark.sessionState().newHadoopConf(), listener::warned));
  }

  /** These options as a person types them; nothing where none is given. */
  String shown() {
    return (tensorboard == null ? "" : " --tensorboard " + tensorboard)
        + (registered == null ? "" : " --register " + registered);
  }
}
