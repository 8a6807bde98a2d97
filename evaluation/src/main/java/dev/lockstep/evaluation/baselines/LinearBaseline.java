package dev.lockstep.evaluation.baselines;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.models.Options;
import dev.lockstep.models.TunedOption;
import java.util.List;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** MLlib's linear or logistic regression, on one-hot categories. */
record LinearBaseline(LabelLayout label, FeatureLayout features, double penalty)
    implements Baseline {
  private static final String WIDE = "wide";
  private static final String COEFFICIENTS = "/coefficients";
  private static final int ITERATIONS = 200;

  @Override
  public Scoring fit(Dataset<Row> rows) {
    // One partition: the running means of MLlib's summary depend on the order even of two.
    Dataset<Row> train = wide(rows.where(not(col(HELD_OUT))).coalesce(1));
    if (label.task() == Task.REGRESSION) {
      LinearRegressionModel model =
          new LinearRegression()
              .setFeaturesCol(WIDE)
              .setRegParam(penalty)
              .setMaxIter(ITERATIONS)
              .setWeightCol(EncodedRows.WEIGHT)
              .fit(train);
      return scoring(model, numbers(model));
    }
    LogisticRegressionModel model =
        new LogisticRegression()
            .setFeaturesCol(WIDE)
            .setRegParam(penalty)
            .setMaxIter(ITERATIONS)
            .setWeightCol(EncodedRows.WEIGHT)
            .fit(train);
    return scoring(model, numbers(model));
  }

  private static long numbers(LinearRegressionModel model) {
    return model.coefficients().size() + 1L;
  }

  private static long numbers(LogisticRegressionModel model) {
    Matrix matrix = model.coefficientMatrix();
    return (long) matrix.numRows() * (matrix.numCols() + 1);
  }

  private <M extends Transformer & MLWritable> Scoring scoring(M model, long numbers) {
    return new Scoring(
        scored -> Vectors.predictions(model.transform(wide(scored)), label),
        numbers,
        (files, folder) -> model.write().save(folder + COEFFICIENTS));
  }

  @Override
  public Scoring load(SparkSession spark, String folder) {
    if (label.task() == Task.REGRESSION) {
      LinearRegressionModel model = LinearRegressionModel.load(folder + COEFFICIENTS);
      return scoring(model, numbers(model));
    }
    LogisticRegressionModel model = LogisticRegressionModel.load(folder + COEFFICIENTS);
    return scoring(model, numbers(model));
  }

  private Dataset<Row> wide(Dataset<Row> rows) {
    return rows.withColumn(WIDE, new OneHot(features).function().apply(col(Vectors.FEATURES)));
  }

  /** The family {@code linear}. */
  public static final class Family implements BaselineFamily {
    @Override
    public String name() {
      return "linear";
    }

    @Override
    public Baseline create(Problem problem, Options options) {
      return new LinearBaseline(
          problem.label(), problem.features(), options.number("penalty", 1e-4, 0, 1e6));
    }

    @Override
    public List<TunedOption> tunedOptions(LabelLayout label) {
      return List.of(TunedOption.logarithmic("penalty", 1e-6, 1));
    }
  }
}
