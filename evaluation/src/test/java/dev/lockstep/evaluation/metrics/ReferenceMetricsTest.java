package dev.lockstep.evaluation.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import dev.lockstep.data.features.LabelLayout;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Against scikit-learn's values of random cases; {@code reference.py} beside them made them. */
@ExtendWith(SparkExtension.class)
class ReferenceMetricsTest {
  private static final StructType SCHEMA =
      new StructType()
          .add("hash", DataTypes.LongType)
          .add("label", DataTypes.DoubleType)
          .add("weight", DataTypes.DoubleType)
          .add("prediction", DataTypes.createArrayType(DataTypes.DoubleType));

  @Test
  void metrics_with_ties_and_weights_are_those_of_scikit_learn(SparkSession spark)
      throws IOException {
    JsonNode cases = cases();
    assertThat(cases).hasSize(10);
    for (JsonNode c : cases) {
      Map<String, Double> found = TestMetrics.of(Scores.collect(label(c), scored(spark, c)));
      assertThat(found).hasSize(c.get("metrics").size());
      assertThat(found.keySet())
          .containsExactlyElementsOf(TestMetrics.names(Task.valueOf(c.get("task").asText())));
      c.get("metrics")
          .properties()
          .forEach(
              metric ->
                  assertThat(found.get(metric.getKey()))
                      .as("%s of %s", metric.getKey(), c.get("task"))
                      .isCloseTo(metric.getValue().asDouble(), within(1e-9)));
    }
  }

  private static JsonNode cases() throws IOException {
    try (InputStream json = ReferenceMetricsTest.class.getResourceAsStream("reference.json")) {
      return new ObjectMapper().readTree(json);
    }
  }

  private static LabelLayout label(JsonNode c) {
    List<String> classes =
        IntStream.range(0, c.get("classes").asInt()).mapToObj(String::valueOf).toList();
    return new LabelLayout(Task.valueOf(c.get("task").asText()), classes, 0, 1);
  }

  private static Dataset<Row> scored(SparkSession spark, JsonNode c) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < c.get("label").size(); i++) {
      List<Double> prediction = new ArrayList<>();
      c.get("prediction").get(i).forEach(p -> prediction.add(p.asDouble()));
      double label = c.get("label").get(i).asDouble();
      double weight = c.get("weight").get(i).asDouble();
      rows.add(RowFactory.create((long) i, label, weight, prediction.toArray(Double[]::new)));
    }
    return spark.createDataFrame(rows, SCHEMA);
  }
}
