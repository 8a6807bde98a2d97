package dev.lockstep.evaluation.baselines;

import dev.lockstep.data.encoded.EncodedRows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/** Scores rows by the first trees of an XGBoost model: those up to the best round. */
final class XgboostScoring implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1;

  /** XGBoost's attribute with the last round that counts, from 0. */
  static final String BEST = "best_iteration";

  private static final int BATCH = 4096;

  private static final StructType SCORED =
      new StructType()
          .add(EncodedRows.HASH, DataTypes.LongType, false)
          .add(EncodedRows.LABEL, DataTypes.DoubleType, true)
          .add(EncodedRows.WEIGHT, DataTypes.DoubleType, false)
          .add(Vectors.PREDICTION, DataTypes.createArrayType(DataTypes.DoubleType, false), false);

  private final byte[] model;
  private final int classes;
  private final int rounds;
  private final long nodes;

  /**
   * Scoring by a model.
   *
   * @param model the whole model, with the attribute {@link #BEST}
   * @param classes number of classes; 0 for a number
   */
  XgboostScoring(byte[] model, int classes) {
    this.model = model.clone();
    this.classes = classes;
    try {
      Booster booster = XGBoost.loadModel(model);
      this.rounds = Integer.parseInt(booster.getAttr(BEST)) + 1;
      String[] trees = booster.getModelDump("", false);
      int perRound = trees.length / booster.getNumBoostedRound();
      this.nodes =
          Arrays.stream(trees)
              .limit((long) rounds * perRound)
              .mapToLong(tree -> tree.lines().count())
              .sum();
      booster.dispose();
    } catch (XGBoostError | IOException e) {
      throw new IllegalStateException("expected to read a model of XGBoost's own", e);
    }
  }

  /** How many rounds of boosting count. */
  int rounds() {
    return rounds;
  }

  /** Number of nodes of the trees that count. */
  long nodes() {
    return nodes;
  }

  Dataset<Row> score(Dataset<Row> rows) {
    return rows.select(EncodedRows.HASH, EncodedRows.LABEL, EncodedRows.WEIGHT, Vectors.FEATURES)
        .mapPartitions(this, Encoders.row(SCORED));
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) throws XGBoostError, IOException {
    if (!rows.hasNext()) {
      return rows;
    }
    Booster booster = XGBoost.loadModel(model);
    booster.setParam("nthread", SparkEnv.get().conf().getInt("spark.task.cpus", 1));
    TaskContext.get()
        .addTaskCompletionListener((TaskCompletionListener) ended -> booster.dispose());
    return new Iterator<>() {
      private Iterator<Row> scored = List.<Row>of().iterator();

      @Override
      public boolean hasNext() {
        return scored.hasNext() || rows.hasNext();
      }

      @Override
      public Row next() {
        if (!scored.hasNext()) {
          scored = batch(booster, rows);
        }
        return scored.next();
      }
    };
  }

  private Iterator<Row> batch(Booster booster, Iterator<Row> rows) {
    List<Row> batch = new ArrayList<>();
    while (rows.hasNext() && batch.size() < BATCH) {
      batch.add(rows.next());
    }
    int width = batch.get(0).<Vector>getAs(3).size();
    float[] features = new float[batch.size() * width];
    for (int i = 0; i < batch.size(); i++) {
      Vector vector = batch.get(i).getAs(3);
      for (int f = 0; f < width; f++) {
        features[i * width + f] = (float) vector.apply(f);
      }
    }
    try {
      float[][] found =
          booster.inplace_predict(features, batch.size(), width, Float.NaN, new int[] {0, rounds});
      List<Row> scored = new ArrayList<>();
      for (int i = 0; i < found.length; i++) {
        Row row = batch.get(i);
        scored.add(RowFactory.create(row.get(0), row.get(1), row.get(2), prediction(found[i])));
      }
      return scored.iterator();
    } catch (XGBoostError e) {
      throw new IllegalStateException("expected XGBoost to score rows of its own features", e);
    }
  }

  /** All classes' probabilities, of which a model of two gives the second's alone. */
  private Double[] prediction(float[] found) {
    if (classes == 2) {
      return new Double[] {1 - (double) found[0], (double) found[0]};
    }
    Double[] all = new Double[found.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (double) found[i];
    }
    return all;
  }
}
