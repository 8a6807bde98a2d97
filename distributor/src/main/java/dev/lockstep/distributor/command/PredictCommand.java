package dev.lockstep.distributor.command;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.command.CommonOptions;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.lanes.EncodedRows;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.split.Split;
import dev.lockstep.distributor.prediction.Predictor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep predict}. */
@Command(
    name = "predict",
    description = "Scores the rows of a table with a trained network, on all executors.")
public final class PredictCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FOLDER",
      description = "Folder of a trained network, such as lockstep-runs/RUN/mlp.")
  private String model;

  @Option(names = "--table", required = true, paramLabel = "TABLE", description = "A Delta table.")
  private String table;

  @Option(names = "--version", description = "Its version. Default: the latest.")
  private Long version;

  @Option(
      names = "--key",
      split = ",",
      required = true,
      paramLabel = "COLUMN",
      description = "Columns that name a row; they go along to the predictions.")
  private List<String> key;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "A new Delta table.")
  private String out;

  @Override
  public Integer call() {
    SparkSession spark = options.session();
    Snapshot snapshot = Snapshot.resolve(spark, table, version, null);
    FeatureModel features =
        FeatureModel.load(model + "/features", spark.sessionState().newHadoopConf());
    Dataset<Row> source = snapshot.read(spark);
    List<String> columns = Arrays.asList(source.columns());
    for (String name : key) {
      if (!columns.contains(name)) {
        throw new LockstepException(
            "--key '" + name + "' is not a column of " + table,
            "Its columns are " + String.join(", ", columns));
      }
    }
    Column hash = xxhash64(key.stream().map(k -> col("`" + k + "`")).toArray(Column[]::new));
    Dataset<Row> rows =
        source
            .withColumn(EncodedRows.SPLIT, lit(Split.TEST.column()))
            .withColumn(EncodedRows.HASH, hash);
    if (rows.groupBy(EncodedRows.HASH).count().where("count > 1").limit(1).count() > 0) {
      throw new LockstepException(
          "--key " + String.join(",", key) + " does not name one row each in " + table,
          "Give all columns that tell rows apart");
    }
    Dataset<Row> scored =
        new Predictor(spark)
            .score(model + "/model", features.encode(rows))
            .select(EncodedRows.HASH, Predictor.PREDICTION);
    Column[] kept =
        Stream.concat(
                key.stream().map(k -> col("`" + k + "`")), Stream.of(col(Predictor.PREDICTION)))
            .toArray(Column[]::new);
    rows.join(scored, EncodedRows.HASH)
        .select(kept)
        .write()
        .format("delta")
        .mode("errorifexists")
        .save(out);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("table", table);
    result.put("version", snapshot.version());
    result.put("rows", snapshot.rows());
    result.put("classes", features.label().classes());
    result.put("out", out);
    options.print(
        result,
        "%,d predictions in %s%s"
            .formatted(
                snapshot.rows(),
                out,
                features.label().classes().isEmpty()
                    ? ""
                    : "; probabilities in the order of the classes "
                        + String.join(", ", features.label().classes())));
    return 0;
  }
}
