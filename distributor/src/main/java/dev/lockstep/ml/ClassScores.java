package dev.lockstep.ml;

import dev.lockstep.data.internal.spark.VectorRows;
import dev.lockstep.distributor.prediction.RowOutput;
import dev.lockstep.models.SavedNetwork;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Raw predictions, probabilities and predictions of classes.
 *
 * @param labels the classes
 * @param columns which columns are wanted
 * @param thresholds a probability is divided by that of its class before they are compared; empty
 *     for all alike
 */
record ClassScores(ClassLabels labels, OutputSet columns, List<Double> thresholds)
    implements RowOutput {
  ClassScores {
    thresholds = List.copyOf(thresholds);
  }

  /** Which of the three columns are wanted. */
  record OutputSet(boolean raw, boolean probability, boolean prediction) implements Serializable {}

  @Override
  public InternalRow of(SavedNetwork.Scored scored, int row) {
    double[] probabilities = probabilities(scored, row);
    List<Object> values = new ArrayList<>(3);
    if (columns.raw()) {
      values.add(VectorRows.of(raw(scored, row)));
    }
    if (columns.probability()) {
      values.add(VectorRows.of(probabilities));
    }
    if (columns.prediction()) {
      values.add(prediction(probabilities));
    }
    return VectorRows.row(values.toArray());
  }

  /** The probability of each place, {@code [places]}; 0 for one that no trained class has. */
  double[] probabilities(SavedNetwork.Scored scored, int row) {
    int classes = labels.classes().size();
    double[] values = new double[labels.size()];
    for (int i = 0; i < classes; i++) {
      values[labels.places().get(i)] = scored.predictions()[row * classes + i];
    }
    return values;
  }

  /**
   * The logits of each place, of which those of two classes are the log-odds with both signs; minus
   * infinity for a place that no trained class has. An ensemble in one network has no logits of its
   * own; these are such that its probabilities come of them.
   */
  double[] raw(SavedNetwork.Scored scored, int row) {
    int classes = labels.classes().size();
    double[] values = new double[labels.size()];
    Arrays.fill(values, Double.NEGATIVE_INFINITY);
    boolean oneLogit = scored.logits().length * 2 == scored.predictions().length;
    boolean ensemble = scored.logits().length == 0;
    for (int i = 0; i < classes; i++) {
      double value;
      if (ensemble && classes == 2) {
        double own = scored.predictions()[row * classes + i];
        value = Math.log(own) - Math.log(scored.predictions()[row * classes + 1 - i]);
      } else if (ensemble) {
        value = Math.log(scored.predictions()[row * classes + i]);
      } else if (oneLogit) {
        value = i == 0 ? -scored.logits()[row] : scored.logits()[row];
      } else {
        value = scored.logits()[row * classes + i];
      }
      values[labels.places().get(i)] = value;
    }
    return values;
  }

  /** What is predicted by probabilities. */
  double prediction(double[] probabilities) {
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < probabilities.length; i++) {
      double scaled =
          thresholds.isEmpty() ? probabilities[i] : probabilities[i] / thresholds.get(i);
      if (scaled > most) {
        most = scaled;
        best = i;
      }
    }
    return labels.predictions().get(best);
  }
}
