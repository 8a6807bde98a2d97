package dev.lockstep.data.features;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.udf;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.internal.spark.SparkSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.ml.util.ReadWriteUtils;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF0;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/**
 * An encoder as Spark ML saves its own models: parameters as JSON in {@code metadata}, what was
 * learned as one row of Parquet in {@code data}, or as a file of JSON while Spark saves models on
 * this machine, as the server of Spark Connect does. A number's text in JSON, through which a model
 * becomes a row and back, names it in every bit.
 */
final class EncoderFiles {
  private static final String DATA = "/data";
  private static final StructType COLUMNS =
      StructType.fromDDL(
          """
          source STRUCT<label: STRING, weight: STRING>,
          numeric ARRAY<STRUCT<name: STRING, kind: STRING, median: DOUBLE, missing: BOOLEAN,
            statistics: ARRAY<DOUBLE>,
            date: STRUCT<reference: DOUBLE, perDay: INT, cycles: ARRAY<STRING>>>>,
          categorical ARRAY<STRUCT<name: STRING, values: ARRAY<STRING>, buckets: INT>>,
          layout STRUCT<
            numeric: ARRAY<STRUCT<name: STRING, edges: ARRAY<FLOAT>>>,
            categorical: ARRAY<STRUCT<name: STRING, size: INT>>>,
          label STRUCT<task: STRING, classes: ARRAY<STRING>, mean: DOUBLE, deviation: DOUBLE>
          """);

  private EncoderFiles() {}

  /** Writes an encoder. */
  static final class Writer extends MLWriter {
    private final FeatureEncoder encoder;

    Writer(FeatureEncoder encoder) {
      this.encoder = encoder;
    }

    @Override
    public void saveImpl(String path) {
      SparkSession spark = sparkSession();
      DefaultParamsWriter.saveMetadata(encoder, path, spark);
      if (SparkSettings.savesModelsLocally()) {
        ReadWriteUtils.saveText(path + DATA, Json.line(encoder.model()), spark);
        return;
      }
      // A task has a limit of size that what was learned of a wide table may pass; a broadcast has
      // none. It is no constant to the plan, which would otherwise carry the value.
      Broadcast<String> model =
          JavaSparkContext.fromSparkContext(spark.sparkContext())
              .broadcast(Json.line(encoder.model()));
      UDF0<String> json = model::value;
      spark
          .range(0, 1, 1, 1)
          .select(
              from_json(
                      udf(json, DataTypes.StringType).asNondeterministic().apply(),
                      COLUMNS,
                      Map.of("mode", "FAILFAST"))
                  .as("model"))
          .select("model.*")
          .write()
          .parquet(path + DATA);
      model.destroy();
    }
  }

  /** Reads an encoder. */
  static final class Reader extends MLReader<FeatureEncoder> {
    /**
     * {@inheritDoc}
     *
     * @throws LockstepException if what was learned is not there
     */
    @Override
    public FeatureEncoder load(String path) {
      SparkSession spark = sparkSession();
      DefaultParamsReader.Metadata metadata =
          DefaultParamsReader.loadMetadata(path, spark, FeatureEncoder.class.getName());
      FeatureModel model =
          Json.read(
              SparkSettings.savesModelsLocally()
                  ? ReadWriteUtils.loadText(path + DATA, spark)
                  : row(path, spark),
              FeatureModel.class);
      FeatureEncoder encoder = new FeatureEncoder(metadata.uid(), model);
      metadata.getAndSetParams(encoder, Option.empty());
      return encoder;
    }

    /** What was learned, as JSON, from the one row that says it. */
    private static String row(String path, SparkSession spark) {
      Column[] columns =
          Arrays.stream(COLUMNS.fieldNames()).map(name -> col(name)).toArray(Column[]::new);
      List<String> models =
          spark
              .read()
              .schema(COLUMNS)
              .parquet(path + DATA)
              .select(to_json(struct(columns)))
              .as(Encoders.STRING())
              .takeAsList(2);
      if (models.size() != 1) {
        throw new LockstepException(
            "%s has %d rows where one is expected".formatted(path + DATA, models.size()),
            "Copy the whole folder, or train again");
      }
      return models.get(0);
    }
  }
}
