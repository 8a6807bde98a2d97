package dev.lockstep.data.features;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkDefaults;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.preparation.Preparation;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.FeaturesSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.feature.OneHotEncoder;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SparkExtension.class)
class FeatureEncoderTest {
  private static final String PEOPLE =
      """
      select id,
        if(id % 7 = 0, null, exp(sin(id)) * 1e3) as income,
        float(cos(id)) as `a.b`,
        int(id % 5) as rooms,
        date_add(date'2020-01-01', int(id % 900)) as since,
        timestamp_seconds(1.6e9 + id * 0.37) as seen,
        case when id % 11 = 0 then null when id % 11 = 1 then '' else concat('c', id % 4) end as city,
        id % 3 = 0 as owner,
        concat('user ', id) as user,
        if(sin(id) + 0.3 * cos(id * 7) > 0, 'yes', 'no') as won,
        if(id % 13 = 0, null, sin(id) * 1e5) as gain
      from range(600)""";

  @TempDir static Path directory;
  private static SparkSession spark;
  private static String table;
  private static FeatureModel standard;

  @BeforeAll
  static void make(SparkSession session) {
    spark = session;
    table = directory.resolve("people").toString();
    people(0, 500).write().format("delta").save(table);
    standard = fit(Task.BINARY, "standard");
  }

  private static Dataset<Row> people(int from, int to) {
    return spark.sql(PEOPLE).where(col("id").between(from, to - 1));
  }

  /** Other rows than those that were learned from, with all that may befall them. */
  private static Dataset<Row> later() {
    return people(480, 560)
        .withColumn("income", expr("if(id % 10 = 3, double('NaN'), income * (id - 500))"))
        .withColumn("rooms", expr("if(id % 9 = 0, null, rooms)"))
        .withColumn("city", expr("if(id % 6 = 5, concat('new ', id), city)"))
        // Bytes that are no UTF-8.
        .withColumn("user", expr("if(id % 8 = 2, cast(unhex('C328FF') as string), user)"))
        .withColumn("won", expr("if(id % 12 = 4, 'perhaps', won)"))
        .withColumn("gain", expr("if(id % 12 = 4, 'much', string(gain))"));
  }

  private static FeatureModel fit(Task task, String transform) {
    String label = task == Task.REGRESSION ? "gain" : "won";
    FeaturesSpec features =
        new FeaturesSpec(
            List.of("income", "a.b", "rooms", "since", "seen"),
            List.of("city", "owner", "user"),
            null,
            null,
            Map.of("user", 16),
            null);
    String where = label + " is not null";
    DataSpec spec =
        new DataSpec(
            table, null, null, task, label, null, List.of("id"), null, where, features, null);
    try (PreparedData data = Preparation.prepare(spark, spec, transform)) {
      return data.features();
    }
  }

  /** Of each row the label, then the numbers, then the indices, in bits. */
  private static long[][] bits(Stream<Row> rows) {
    return rows.map(
            row -> {
              double label = row.isNullAt(0) ? Double.NaN : row.getDouble(0);
              double[] values = row.<Vector>getAs(1).toArray();
              return DoubleStream.concat(DoubleStream.of(label), Arrays.stream(values))
                  .mapToLong(Double::doubleToRawLongBits)
                  .toArray();
            })
        .toArray(long[][]::new);
  }

  private static long[][] transformed(PipelineModel pipeline, Dataset<Row> rows) {
    return bits(
        pipeline
            .transform(rows)
            .orderBy("id")
            .select("label", "features")
            .collectAsList()
            .stream());
  }

  private static long[][] encoded(FeatureModel model, Dataset<Row> rows) {
    Dataset<Row> placed = PlacedRows.of(rows, lit("test"), col("id"));
    return bits(
        model
            .encode(placed)
            .withColumn(
                "features",
                FeatureVectors.of(col(EncodedRows.NUMERIC), col(EncodedRows.CATEGORICAL)))
            .orderBy(EncodedRows.HASH)
            .select(EncodedRows.LABEL, "features")
            .collectAsList()
            .stream());
  }

  private static void same_bits(Task task, String transform) {
    FeatureModel model = fit(task, transform);
    String folder = directory.resolve(task + transform).toString();
    model.save(folder, spark);
    long[][] networks = encoded(model, later());
    PipelineModel before = new PipelineModel("features", List.of(new FeatureEncoder(model)));
    assertArrayEquals(networks, transformed(before, later()));
    assertArrayEquals(networks, transformed(PipelineModel.load(folder), later()));
    assertThat(FeatureModel.load(folder, spark)).isEqualTo(model);
    // The rows were what they are said to be.
    List<long[]> rows = List.of(networks);
    assertThat(rows.stream().filter(row -> nan(row[0])).count()).isBetween(5L, 30L);
    assertThat(rows).allMatch(row -> row.length == 1 + model.layout().numeric().size() + 3);
    int city = rows.get(0).length - 3;
    assertThat(rows).extracting(row -> row[city]).contains(bits(0), bits(1), bits(2));
  }

  private static boolean nan(long bits) {
    return Double.isNaN(Double.longBitsToDouble(bits));
  }

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"quantile", "standard", "robust"})
  @ExtendWith(SparkDefaults.class)
  void the_pipeline_gives_the_bits_that_networks_get_before_and_after_it_is_saved(String kind) {
    same_bits(Task.BINARY, kind);
  }

  @Test
  @ExtendWith(SparkDefaults.class)
  void a_number_that_is_learned_is_the_same_too() {
    same_bits(Task.REGRESSION, "quantile");
  }

  @Test
  void all_columns_stay_and_the_added_ones_say_what_they_are() {
    FeatureEncoder encoder = new FeatureEncoder(standard);
    Dataset<Row> rows = encoder.transform(later());
    assertThat(rows.columns())
        .startsWith(later().columns())
        .endsWith("numeric", "city_index", "owner_index", "user_index", "label", "features");
    assertThat(encoder.transformSchema(later().schema()).fieldNames()).isEqualTo(rows.columns());
    AttributeGroup all = AttributeGroup.fromStructField(rows.schema().apply("features"));
    assertThat(all.attributes().get())
        .extracting(a -> a.name().get() + (a.isNominal() ? " in sets" : ""))
        .containsExactly(
            "income",
            "income_missing",
            "a.b",
            "rooms",
            "since",
            "seen",
            "city in sets",
            "owner in sets",
            "user in sets");
    Dataset<Row> named =
        new IndexToString().setInputCol("city_index").setOutputCol("named").transform(rows);
    assertThat(named.select("city", "named").distinct().collectAsList())
        .extracting(Row::toString)
        .contains("[null,(missing)]", "[,(empty)]", "[c2,c2]", "[new 485,(unseen)]");
    assertThat(encoder.transform(later().drop("won")).columns()).doesNotContain("label");
  }

  @Test
  void a_feature_of_more_indices_than_trees_have_bins_is_a_number_to_them() {
    FeatureEncoder encoder = new FeatureEncoder(standard).setMaxCategories(6);
    AttributeGroup all =
        AttributeGroup.fromStructField(encoder.transformSchema(later().schema()).apply("features"));
    assertThat(all.getAttr("owner").isNominal()).isTrue();
    assertThat(all.getAttr("user").isNominal()).isFalse();
    Attribute index =
        Attribute.fromStructField(encoder.transformSchema(later().schema()).apply("user_index"));
    assertThat(index.isNominal()).isTrue();
  }

  private static double auc(Dataset<Row> scored) {
    return new BinaryClassificationEvaluator().evaluate(scored);
  }

  @Test
  void trees_and_a_linear_model_learn_behind_it_and_the_whole_is_saved() throws Exception {
    FeatureEncoder encoder = new FeatureEncoder(standard);
    Dataset<Row> train = people(0, 400);
    Dataset<Row> test = people(400, 500);
    String[] hot = {"hot city", "hot owner", "hot user"};
    Pipeline trees =
        new Pipeline().setStages(new PipelineStage[] {encoder, new GBTClassifier().setMaxIter(2)});
    Pipeline linear =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  encoder,
                  new OneHotEncoder().setInputCols(encoder.indexCols()).setOutputCols(hot),
                  new VectorAssembler()
                      .setInputCols(new String[] {"numeric", hot[0], hot[1], hot[2]})
                      .setOutputCol("wide"),
                  new LogisticRegression().setFeaturesCol("wide").setRegParam(0.01)
                });
    for (Pipeline pipeline : List.of(trees, linear)) {
      PipelineModel fitted = pipeline.fit(train);
      String folder = directory.resolve(pipeline.uid()).toString();
      fitted.save(folder);
      Dataset<Row> scored = PipelineModel.load(folder).transform(test);
      assertThat(auc(scored)).isGreaterThan(0.8);
      assertThat(scored.orderBy("id").select("probability").collectAsList())
          .isEqualTo(fitted.transform(test).orderBy("id").select("probability").collectAsList());
    }
  }

  @Test
  void names_are_free_to_be_chosen_and_refused_where_they_are_taken() throws Exception {
    FeatureEncoder encoder = new FeatureEncoder(standard);
    Dataset<Row> taken = later().withColumn("Features", lit(1)).withColumn("city_index", lit(2));
    assertThatThrownBy(() -> encoder.transform(taken))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("the dataset has a column 'city_index', a name that");
    encoder.setFeaturesCol("x").setIndexSuffix(" #").setLabelCol("y").setNumericCol("n");
    String folder = directory.resolve("renamed").toString();
    encoder.save(folder);
    FeatureEncoder loaded = FeatureEncoder.load(folder);
    assertThat(loaded.uid()).isEqualTo(encoder.uid());
    assertThat(loaded.transform(taken).columns())
        .endsWith("n", "city #", "owner #", "user #", "y", "x");
    assertThatThrownBy(() -> loaded.transform(later().drop("rooms")))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("the dataset has no column 'rooms'");
  }

  @Test
  void a_default_name_gives_way_to_a_column_that_is_read() {
    FeatureModel model = standard;
    FeatureModel other =
        new FeatureModel(
            new FeatureModel.Source("Label", "features"),
            model.numeric(),
            model.categorical(),
            model.layout(),
            model.label());
    FeatureEncoder encoder = new FeatureEncoder(other);
    assertThat(encoder.getLabelCol()).isEqualTo("encoded_label");
    assertThat(encoder.getFeaturesCol()).isEqualTo("encoded_features");
    assertThat(encoder.getNumericCol()).isEqualTo("numeric");
    assertThat(encoder.transform(later().withColumnRenamed("won", "Label")).columns())
        .endsWith("encoded_label", "encoded_features");
  }

  @Test
  void a_stream_is_encoded_as_its_table_is() throws Exception {
    FeatureEncoder encoder = new FeatureEncoder(standard);
    Dataset<Row> stream =
        encoder.transform(spark.readStream().format("delta").load(table)).select("id", "features");
    StreamingQuery query =
        stream
            .writeStream()
            .format("memory")
            .queryName("encoded_people")
            .trigger(Trigger.AvailableNow())
            .start();
    query.processAllAvailable();
    query.stop();
    assertThat(spark.table("encoded_people").orderBy("id").collectAsList())
        .hasSize(500)
        .isEqualTo(
            encoder
                .transform(spark.read().format("delta").load(table))
                .orderBy("id")
                .select("id", "features")
                .collectAsList());
  }
}
