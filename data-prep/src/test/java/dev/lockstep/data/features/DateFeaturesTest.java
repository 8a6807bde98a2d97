package dev.lockstep.data.features;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.preparation.Preparation;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.FeaturesSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class DateFeaturesTest {
  private static final String VISITS =
      """
      select id,
        if(id % 7 = 0, null, date_add(date'2020-01-01', int(id % 900))) as since,
        timestamp_micros(1600000000000000 + id * 37000000123) as seen,
        cast(timestamp_micros(-86400000000 * 3 * id) as timestamp_ntz) as born,
        trunc(date_add(date'2021-05-01', int(id)), 'month') as billed,
        id * 0.5 as spent,
        if(sin(id) > 0, 'yes', 'no') as won
      from range(600)""";

  private static final FeaturesSpec DATES =
      new FeaturesSpec(
          List.of("spent"), null, null, null, null, List.of("since", "seen", "born", "billed"));

  @TempDir static Path directory;
  private static SparkSession spark;
  private static String table;

  @BeforeAll
  static void make(SparkSession session) {
    spark = session;
    table = directory.resolve("visits").toString();
    visits(0, 500).write().format("delta").save(table);
  }

  private static Dataset<Row> visits(int from, int to) {
    return spark.sql(VISITS).where(col("id").between(from, to - 1));
  }

  private static FeatureModel fit(FeaturesSpec features, String transform) {
    DataSpec spec =
        new DataSpec(
            table, null, null, Task.BINARY, "won", null, List.of("id"), null, null, features, null);
    try (PreparedData data = Preparation.prepare(spark, spec, transform)) {
      return data.features();
    }
  }

  private static double phase(Cycle cycle, String moment) {
    return cycle.phase(Instant.parse(moment).getEpochSecond() / 86_400.0);
  }

  @Test
  void a_moment_has_its_place_in_each_cycle() {
    assertThat(phase(Cycle.DAY, "2024-02-29T18:00:00Z")).isEqualTo(0.75);
    assertThat(phase(Cycle.DAY, "1969-12-31T06:00:00Z")).isEqualTo(0.25);
    assertThat(phase(Cycle.WEEK, "2024-06-17T23:59:59Z")).isZero(); // A Monday.
    assertThat(phase(Cycle.WEEK, "1969-12-28T00:00:00Z")).isEqualTo(6 / 7.0); // A Sunday.
    assertThat(phase(Cycle.MONTH, "2024-02-29T00:00:00Z")).isEqualTo(28 / 29.0);
    assertThat(phase(Cycle.MONTH, "1900-03-01T00:00:00Z")).isZero();
    assertThat(phase(Cycle.YEAR, "2024-12-31T12:00:00Z")).isEqualTo(365 / 366.0);
    assertThat(phase(Cycle.YEAR, "2023-01-01T00:00:00Z")).isZero();
  }

  @Test
  void days_are_counted_from_the_latest_train_row_and_cycles_are_circles() {
    FeatureModel model = fit(DATES, "standard");
    assertThat(model.layout().numeric())
        .extracting(FeatureLayout.Numeric::name)
        .containsExactly(
            "spent",
            "since",
            "since_missing",
            "since_week_sin",
            "since_week_cos",
            "since_month_sin",
            "since_month_cos",
            "since_year_sin",
            "since_year_cos",
            "seen",
            "seen_day_sin",
            "seen_day_cos",
            "seen_week_sin",
            "seen_week_cos",
            "seen_month_sin",
            "seen_month_cos",
            "seen_year_sin",
            "seen_year_cos",
            "born",
            "born_week_sin",
            "born_week_cos",
            "born_month_sin",
            "born_month_cos",
            "born_year_sin",
            "born_year_cos",
            // Always the first of a month.
            "billed",
            "billed_week_sin",
            "billed_week_cos",
            "billed_year_sin",
            "billed_year_cos");
    assertThat(model.entries())
        .contains(new FeatureModel.Entries("since", List.of(1, 2, 3, 4, 5, 6, 7, 8), -1));
    List<Row> train =
        visits(0, 500).orderBy(col("since").desc_nulls_last()).select("since").takeAsList(100);
    DateFeature since = model.dates().get(0);
    assertThat(since.cycles()).containsExactly("week", "month", "year");
    // The latest train row need not be the latest of all.
    assertThat(train).extracting(row -> row.getDate(0).toString()).contains(since.reference());

    NumericFeature feature = model.numeric().get(1);
    double latest = feature.date().reference();
    assertThat(LocalDate.ofEpochDay((long) latest)).hasToString(since.reference());
    assertThat(feature.number(latest)).isZero();
    assertThat(feature.number(latest - 30)).isEqualTo(-30);
    assertThat(feature.number(Double.NaN)).isEqualTo(feature.median()).isNegative();
    double monday = LocalDate.parse("2024-06-17").toEpochDay();
    assertThat(feature.date().entry(0, monday)).isZero();
    assertThat(feature.date().entry(1, monday)).isEqualTo(1);
    assertThat(feature.date().entry(0, monday + 1)).isCloseTo(0.7818315f, within(1e-7f));
    assertThat(feature.date().entry(1, monday + 1)).isCloseTo(0.6234898f, within(1e-7f));
    assertThat(feature.date().entry(1, Double.NaN)).isZero();
    NumericFeature seen = model.numeric().get(2);
    assertThat(seen.number(seen.date().reference() - 43_200)).isEqualTo(-0.5);
    assertThat(model.layout().numeric().get(3).edges())
        .startsWith(-0.9749279f, -0.7818315f)
        .contains(0f);
  }

  private static Map<String, Object> values(Row row) {
    Map<String, Object> values = new HashMap<>();
    values.put("spent", row.getDecimal(row.fieldIndex("spent")));
    values.put("since", date(row.getAs("since")));
    values.put("billed", date(row.getAs("billed")));
    values.put("seen", row.<java.sql.Timestamp>getAs("seen").toInstant());
    values.put("born", row.<java.time.LocalDateTime>getAs("born").toInstant(ZoneOffset.UTC));
    return values;
  }

  private static LocalDate date(java.sql.Date date) {
    return date == null ? null : date.toLocalDate();
  }

  @Test
  void all_encoders_give_the_same_bits_before_and_after_the_model_is_saved() throws Exception {
    for (String transform : List.of("quantile", "standard", "robust")) {
      FeatureModel model = fit(DATES, transform);
      String folder = directory.resolve(transform).toString();
      model.save(folder, spark);
      FeatureModel loaded = FeatureModel.load(folder, spark);
      assertThat(loaded).isEqualTo(model);
      assertThat(loaded.sha256()).isEqualTo(model.sha256());
      // Later than all that was learned from, too.
      Dataset<Row> rows = visits(450, 600);
      List<Row> batches =
          loaded
              .encode(PlacedRows.of(rows, lit("test"), col("id")))
              .orderBy(EncodedRows.HASH)
              .collectAsList();
      List<Row> pipeline = new FeatureEncoder(loaded).transform(rows).orderBy("id").collectAsList();
      Files.writeString(directory.resolve(RowEncoder.FILE), RowEncoder.json(model));
      RowEncoder single = RowEncoder.open(directory);
      assertThat(batches).hasSize(150);
      for (int i = 0; i < batches.size(); i++) {
        List<Float> numbers =
            batches.get(i).getList(batches.get(i).fieldIndex(EncodedRows.NUMERIC));
        float[] encoded = single.numbers(values(pipeline.get(i)));
        double[] vector = pipeline.get(i).<Vector>getAs("numeric").toArray();
        assertThat(numbers).hasSize(30);
        for (int entry = 0; entry < encoded.length; entry++) {
          assertThat(encoded[entry]).isEqualTo(numbers.get(entry));
          assertThat(vector[entry]).isEqualTo(numbers.get(entry).doubleValue());
        }
      }
    }
  }

  @Test
  void a_single_row_gives_dates_as_dates() throws Exception {
    Files.writeString(directory.resolve(RowEncoder.FILE), RowEncoder.json(fit(DATES, "standard")));
    RowEncoder encoder = RowEncoder.open(directory);
    Map<String, Object> row = values(visits(1, 2).head());
    assertThat(encoder.numbers(row)).hasSize(30);
    row.put("since", Instant.EPOCH);
    assertThatThrownBy(() -> encoder.numbers(row))
        .isInstanceOf(LockstepException.class)
        .hasMessage("'since' is 1970-01-01T00:00:00Z, of type Instant. Give a LocalDate");
    row.put("since", null);
    row.put("seen", 12.5);
    assertThatThrownBy(() -> encoder.numbers(row))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("'seen' is 12.5, of type Double. Give an Instant");
  }

  @Test
  void dates_that_are_not_named_are_numbers_and_leave_no_trace() {
    FeaturesSpec unnamed = new FeaturesSpec(null, null, null, null);
    assertThat(Json.line(unnamed))
        .isEqualTo(
            "{\"numeric\":[],\"categorical\":[],\"exclude\":[],\"transform\":\"auto\",\"hashed\":{}}");
    FeatureModel model = fit(unnamed, "standard");
    assertThat(model.layout().numeric())
        .extracting(FeatureLayout.Numeric::name)
        .containsExactly("since", "since_missing", "seen", "born", "billed", "spent");
    assertThat(Json.line(model)).doesNotContain("date");
    assertThat(model.dates()).isEmpty();
    // Named ones beside columns by type.
    assertThat(fit(new FeaturesSpec(null, null, null, null, null, List.of("billed")), "standard"))
        .satisfies(
            one ->
                assertThat(one.numericColumns())
                    .containsExactly("since", "seen", "born", "spent", "billed"));
  }

  @Test
  void a_model_that_was_saved_without_knowing_of_dates_can_still_be_read() {
    FeatureModel model =
        fit(new FeaturesSpec(List.of("spent", "since"), null, null, null), "robust");
    String folder = directory.resolve("old").toString();
    model.save(folder, spark);
    String data = folder + "/stages";
    String stage = new java.io.File(data).list((at, name) -> name.startsWith("0_"))[0];
    String files = data + "/" + stage + "/data";
    Dataset<Row> old =
        spark
            .read()
            .parquet(files)
            .selectExpr(
                "source",
                "transform(numeric, n -> struct(n.name, n.kind, n.median, n.missing, n.statistics)) as numeric",
                "categorical",
                "layout",
                "label");
    assertThat(old.schema().apply("numeric").dataType().simpleString()).doesNotContain("date");
    old.localCheckpoint().write().mode("overwrite").parquet(files);
    assertThat(FeatureModel.load(folder, spark)).isEqualTo(model);
  }

  @Test
  void what_is_no_date_or_is_named_twice_is_refused() {
    refused(List.of(), "spent", "feature 'spent' is said to be a date, but it is a column of type");
    refused(
        List.of(), "sinse", "features.dates 'sinse' is not a column of", "Did you mean 'since'");
    refused(List.of("since"), "since", "features.dates and features.numeric both name 'since'");
    FeatureModel model = fit(DATES, "standard");
    assertThatThrownBy(
            () ->
                model.checkColumns(
                    visits(0, 1).withColumn("since", col("seen")).schema(), "the table"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining(
            "'since' is a date feature of the model, but a column of type timest");
  }

  private static void refused(List<String> numeric, String date, String... parts) {
    FeaturesSpec features = new FeaturesSpec(numeric, null, null, null, null, List.of(date));
    assertThatThrownBy(() -> fit(features, "standard"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContainingAll(parts);
  }
}
