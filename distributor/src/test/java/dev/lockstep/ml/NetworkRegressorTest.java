package dev.lockstep.ml;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class NetworkRegressorTest {
  @TempDir Path directory;

  @Test
  void numbers_are_predicted_in_their_own_units_and_saved(SparkSession spark) throws IOException {
    Dataset<Row> people = People.of(spark, 1500).cache();
    NetworkRegressionModel model =
        People.regressor().setEpochs(15).setLearningRate(0.01).fit(people);
    Dataset<Row> scored = model.transform(people);
    RegressionEvaluator r2 = new RegressionEvaluator().setLabelCol("spent").setMetricName("r2");
    assertThat(r2.evaluate(scored)).isGreaterThan(0.8);
    String path = directory.resolve("model").toString();
    model.save(path);
    NetworkRegressionModel loaded = NetworkRegressionModel.load(path);
    assertThat(loaded.transform(people).select("prediction").collectAsList())
        .isEqualTo(scored.select("prediction").collectAsList());
    assertThatThrownBy(() -> model.predict(Vectors.dense(1, 2)))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("learned from columns");
    assertThatThrownBy(() -> NetworkClassificationModel.load(path))
        .isInstanceOf(LockstepException.class)
        .hasMessageStartingWith("there is no NetworkClassificationModel in " + path);
    people.unpersist();
  }

  @Test
  void a_vector_without_attributes_is_numbers(SparkSession spark) {
    Dataset<Row> people =
        new VectorAssembler()
            .setInputCols(new String[] {"balance", "churned"})
            .setOutputCol("x")
            .transform(People.of(spark, 500))
            .select(col("spent"), col("x").as("x", org.apache.spark.sql.types.Metadata.empty()));
    NetworkRegressionModel model =
        new NetworkRegressor()
            .setLabelCol("spent")
            .setFeaturesCol("x")
            .setNetworkOptions("hidden: [8]")
            .setEpochs(2)
            .fit(people);
    assertThat(model.numFeatures()).isEqualTo(2);
    Row row = model.transform(people).first();
    assertThat(model.predict(row.<Vector>getAs("x"))).isEqualTo(row.<Double>getAs("prediction"));
    assertThatThrownBy(() -> model.predict(Vectors.dense(1, 2, 3)))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("has 3 entries, but the network was trained on 2");
  }
}
