package dev.lockstep.evaluation.cli;

import dev.lockstep.data.progress.SparkPhase;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.snapshot.TableVersion;
import dev.lockstep.distributor.prediction.Predictor;
import dev.lockstep.distributor.prediction.TablePrediction;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.RunRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lockstep predict}. */
@Command(
    name = "predict",
    description = "Scores the rows of a table with a trained model, on all executors.")
final class PredictCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;
  @Mixin private LedgerOption ledger;

  @Mixin private ModelOption model;
  @Spec private CommandSpec spec;

  @Option(
      names = "--run",
      paramLabel = "RUN",
      description =
          "A run of the ledger, as for 'show'. Without one, --model is the folder of a model, such as"
              + " lockstep-runs/RUN/mlp.")
  private String run;

  @Option(
      names = "--table",
      required = true,
      paramLabel = "TABLE[@VERSION]",
      description = "A Delta table. Default version: the latest.")
  private String table;

  /** Its own, as --version means the table's here, so that picocli adds neither. */
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  @SuppressWarnings("unused") // picocli acts on it.
  private boolean help;

  @Option(names = "--version", description = "The table's version, instead of @VERSION.")
  private Long version;

  @Option(
      names = "--key",
      split = ",",
      paramLabel = "COLUMN",
      description =
          "Columns that name a row; they alone go along to the predictions. Default: all columns.")
  private List<String> key = List.of();

  @Option(
      names = "--prediction-column",
      paramLabel = "NAME",
      defaultValue = Predictor.PREDICTION,
      description = "Name of the column of predictions. Default: ${DEFAULT-VALUE}.")
  private String column;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "A new Delta table.")
  private String out;

  @Override
  public Integer call() {
    if (run == null && model.given().isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "Name a run by --run, or the folder of a model by --model");
    }
    SparkSession spark = CommandSession.of(options);
    PredictionTable target = new PredictionTable(out, spark);
    target.requireNew();
    Snapshot snapshot = TableVersion.parse(table, version).resolve(spark);
    ScoringModels models;
    if (run == null) {
      models = ScoringModels.in(model.given().orElseThrow(), spark);
    } else {
      RunRecord record = new Ledger(spark, ledger.path()).find(run);
      String name = NamedModel.find(model, record, spark, options.progress());
      models = ScoringModels.ofRun(record, name, spark);
    }
    TablePrediction prediction = new TablePrediction(spark, models.members());
    long read = snapshot.rows();
    SparkPhase.ofRows(spark, "scoring " + table, read, options.progress())
        .run(() -> target.write(prediction.score(snapshot, key, column)));
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("model", models.folder());
    result.put("table", snapshot.table());
    result.put("version", snapshot.version());
    result.put("rows", snapshot.rows());
    result.put("classes", prediction.classes());
    result.put("out", out);
    options.print(
        result,
        "%,d predictions in %s%s"
            .formatted(
                snapshot.rows(),
                out,
                prediction.classes().isEmpty()
                    ? ""
                    : "; probabilities in the order of the classes "
                        + String.join(", ", prediction.classes())));
    return 0;
  }
}
