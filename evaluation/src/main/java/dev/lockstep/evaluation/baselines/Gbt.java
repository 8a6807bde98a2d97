package dev.lockstep.evaluation.baselines;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.lanes.EncodedRows;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.classification.GBTClassificationModel;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.regression.GBTRegressionModel;
import org.apache.spark.ml.regression.GBTRegressor;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * MLlib's gradient-boosted trees. MLlib has them for two classes; more are learned one against the
 * rest, and the probabilities divided by their sum.
 */
record Gbt(
    LabelLayout label,
    int trees,
    int depth,
    int leaf,
    int bins,
    double rate,
    double sample,
    long seed)
    implements Baseline {
  /** MLlib's own 0.01 stops after the first tree that gains less than a hundredth. */
  private static final Object TOLERANCE = 0.0;

  @Override
  public Scoring fit(Dataset<Row> rows) {
    return switch (label.task()) {
      case REGRESSION -> regression(rows);
      case BINARY -> {
        GBTClassificationModel model = classifier(rows);
        yield new Scoring(
            scored -> Vectors.predictions(model.transform(scored), label), model.totalNumNodes());
      }
      case MULTICLASS -> oneAgainstTheRest(rows);
    };
  }

  private Scoring regression(Dataset<Row> rows) {
    GBTRegressor gbt =
        new GBTRegressor()
            .setMaxIter(trees)
            .setMaxDepth(depth)
            .setMaxBins(bins)
            .setMinInstancesPerNode(leaf)
            .setStepSize(rate)
            .setSubsamplingRate(sample)
            .setValidationIndicatorCol(HELD_OUT)
            .setWeightCol(EncodedRows.WEIGHT)
            .setSeed(seed);
    gbt.set(gbt.validationTol(), TOLERANCE);
    GBTRegressionModel model = gbt.fit(rows);
    return new Scoring(
        scored -> Vectors.predictions(model.transform(scored), label), model.totalNumNodes());
  }

  private GBTClassificationModel classifier(Dataset<Row> rows) {
    GBTClassifier gbt =
        new GBTClassifier()
            .setMaxIter(trees)
            .setMaxDepth(depth)
            .setMaxBins(bins)
            .setMinInstancesPerNode(leaf)
            .setStepSize(rate)
            .setSubsamplingRate(sample)
            .setValidationIndicatorCol(HELD_OUT)
            .setWeightCol(EncodedRows.WEIGHT)
            .setSeed(seed);
    gbt.set(gbt.validationTol(), TOLERANCE);
    return gbt.fit(rows);
  }

  private Scoring oneAgainstTheRest(Dataset<Row> rows) {
    List<GBTClassificationModel> models = new ArrayList<>();
    for (int c = 0; c < label.classes().size(); c++) {
      Column own = when(col(EncodedRows.LABEL).equalTo(lit((double) c)), 1.0).otherwise(0.0);
      models.add(classifier(rows.withColumn(EncodedRows.LABEL, own)));
    }
    long nodes = models.stream().mapToLong(GBTClassificationModel::totalNumNodes).sum();
    return new Scoring(scored -> shares(models, scored), nodes);
  }

  private static Dataset<Row> shares(List<GBTClassificationModel> models, Dataset<Row> scored) {
    Dataset<Row> all = scored;
    Column[] own = new Column[models.size()];
    Column sum = lit(0.0);
    for (int c = 0; c < own.length; c++) {
      GBTClassificationModel model = models.get(c);
      model.setProbabilityCol("probability" + c);
      model.setRawPredictionCol("raw" + c);
      model.setPredictionCol("class" + c);
      all = model.transform(all);
      own[c] = functions.vector_to_array(col("probability" + c), "float64").getItem(1);
      sum = sum.plus(own[c]);
    }
    for (int c = 0; c < own.length; c++) {
      own[c] = own[c].divide(sum);
    }
    return Vectors.scored(all, array(own));
  }
}
