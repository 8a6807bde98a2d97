package dev.lockstep.evaluation.metrics;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import dev.lockstep.data.features.LabelLayout;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Rows with a model's predictions, on the driver, in an order that depends on the rows alone: by
 * hash, label, weight and prediction. So sums have the same bits whatever the partitions were, and
 * the i-th row of one model is the i-th row of any other.
 */
public final class Scores {
  private final LabelLayout layout;
  private final long[] hash;
  private final double[] label;
  private final double[] weight;
  private final double[][] prediction;

  private Scores(
      LabelLayout layout, long[] hash, double[] label, double[] weight, double[][] prediction) {
    this.layout = layout;
    this.hash = hash;
    this.label = label;
    this.weight = weight;
    this.prediction = prediction;
  }

  /**
   * Scores of rows that are in order already.
   *
   * @param prediction {@code [numbers, rows]}: the probability of each class, of two that of the
   *     positive one alone, or the value
   */
  public static Scores of(
      LabelLayout layout, long[] hash, double[] label, double[] weight, double[][] prediction) {
    double[][] copy = new double[prediction.length][];
    Arrays.setAll(copy, c -> prediction[c].clone());
    return new Scores(layout, hash.clone(), label.clone(), weight.clone(), copy);
  }

  /**
   * Collects scored rows: 24 bytes a row and 8 for each number of a prediction.
   *
   * @param layout how the label is encoded
   * @param scored rows with {@code hash}, {@code label} (class index or value), {@code weight} and
   *     {@code prediction} (probabilities of the classes, or one value)
   */
  public static Scores collect(LabelLayout layout, Dataset<Row> scored) {
    int size = Math.toIntExact(scored.count());
    int numbers = layout.task() == Task.MULTICLASS ? layout.classes().size() : 1;
    Scores scores =
        new Scores(
            layout, new long[size], new double[size], new double[size], new double[numbers][size]);
    Iterator<Row> rows =
        scored
            .select("hash", "label", "weight", "prediction")
            .orderBy("hash", "label", "weight", "prediction")
            .toLocalIterator();
    // Of a binary prediction the second number says all.
    int first = layout.task() == Task.BINARY ? 1 : 0;
    for (int i = 0; rows.hasNext(); i++) {
      Row row = rows.next();
      scores.hash[i] = row.getLong(0);
      scores.label[i] = row.getDouble(1);
      scores.weight[i] = row.getDouble(2);
      List<Double> predicted = row.getList(3);
      for (int c = 0; c < scores.prediction.length; c++) {
        double value = predicted.get(first + c);
        if (!Double.isFinite(value)) {
          throw new LockstepException(
              "the prediction for a row is " + value,
              "Look for NaN, infinite or huge values in the features of that table");
        }
        scores.prediction[c][i] = value;
      }
    }
    return scores;
  }

  /** Number of rows. */
  public int rows() {
    return label.length;
  }

  /** What was learned. */
  public Task task() {
    return layout.task();
  }

  /** The classes by their index; empty for regression. */
  public List<String> classes() {
    return layout.classes();
  }

  /** The hash of the table's row. */
  public long hash(int row) {
    return hash[row];
  }

  /** The label of a row. */
  public double label(int row) {
    return label[row];
  }

  /** The weights of the rows, a copy. */
  public double[] weights() {
    return weight.clone();
  }

  /** Whether all rows weigh the same. */
  public boolean equalWeights() {
    return Arrays.stream(weight).allMatch(w -> w == weight[0]);
  }

  /** The number predicted: of the positive class, or the value; not for more classes. */
  public double predicted(int row) {
    if (prediction.length != 1) {
      throw new IllegalStateException("expected one number a row, not one a class");
    }
    return prediction[0][row];
  }

  /** The probability of a class. */
  public double probability(int of, int row) {
    if (layout.task() == Task.BINARY) {
      return of == 1 ? prediction[0][row] : 1 - prediction[0][row];
    }
    return prediction[of][row];
  }

  /** The likeliest class of a row, the first of equals; of two, the second needs more than half. */
  public int likeliest(int row) {
    int best = 0;
    for (int c = 1; c < layout.classes().size(); c++) {
      best = probability(c, row) > probability(best, row) ? c : best;
    }
    return best;
  }

  /** Rows by the probability of a class, those of the class against all others. */
  Ranking ranking(int of) {
    double[] score = IntStream.range(0, rows()).mapToDouble(i -> probability(of, i)).toArray();
    boolean[] positive = new boolean[rows()];
    for (int i = 0; i < positive.length; i++) {
      positive[i] = label[i] == of;
    }
    return new Ranking(score, positive);
  }

  /**
   * The weighted mean of these predictions and another model's of the same rows.
   *
   * @param share weight of these, from 0 to 1
   */
  public Scores mixed(double share, Scores other) {
    checkSameRows(other);
    double[][] mean = new double[prediction.length][rows()];
    for (int c = 0; c < mean.length; c++) {
      for (int i = 0; i < rows(); i++) {
        mean[c][i] = share * prediction[c][i] + (1 - share) * other.prediction[c][i];
      }
    }
    return new Scores(layout, hash, label, weight, mean);
  }

  /**
   * Some of these rows alone.
   *
   * @param rows their places, rising
   */
  public Scores only(int[] rows) {
    double[][] own = new double[prediction.length][];
    Arrays.setAll(own, c -> Arrays.stream(rows).mapToDouble(i -> prediction[c][i]).toArray());
    return new Scores(
        layout,
        Arrays.stream(rows).mapToLong(i -> hash[i]).toArray(),
        Arrays.stream(rows).mapToDouble(i -> label[i]).toArray(),
        Arrays.stream(rows).mapToDouble(i -> weight[i]).toArray(),
        own);
  }

  /** The classes that no row has. */
  public List<String> absentClasses() {
    return IntStream.range(0, layout.classes().size())
        .filter(c -> Arrays.stream(label).noneMatch(l -> l == c))
        .mapToObj(layout.classes()::get)
        .toList();
  }

  /**
   * Checks that another model scored the same rows, each exactly once.
   *
   * @throws IllegalStateException if it did not
   */
  public void checkSameRows(Scores other) {
    if (!Arrays.equals(hash, other.hash)
        || !Arrays.equals(label, other.label)
        || !Arrays.equals(weight, other.weight)) {
      throw new IllegalStateException("expected all models to be judged on the same rows");
    }
  }
}
