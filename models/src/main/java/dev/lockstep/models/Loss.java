package dev.lockstep.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * A loss by row, so that rows can be weighted and summed exactly over ranks. Logits of an ensemble
 * in one network, {@code [batch, members, outputs]}, get the mean of the members' losses.
 */
public sealed interface Loss {
  /**
   * The loss of each row.
   *
   * @param logits {@code [batch, outputs]} or {@code [batch, members, outputs]}
   * @param labels {@code [batch]} float32: the class index, or the value for regression
   * @return {@code [batch]} float32
   */
  default NDArray rows(NDArray logits, NDArray labels) {
    if (logits.getShape().dimension() == 2) {
      return flat(logits, labels);
    }
    Shape shape = logits.getShape();
    long members = shape.get(1);
    NDArray all = logits.reshape(shape.get(0) * members, shape.get(2));
    NDArray repeated = labels.reshape(-1, 1).tile(1, members).reshape(-1);
    return flat(all, repeated).reshape(shape.get(0), members).mean(new int[] {1});
  }

  /** The losses for {@code [batch, outputs]} logits. */
  NDArray flat(NDArray logits, NDArray labels);

  /**
   * Cross entropy of one logit, stable for large logits: {@code max(z, 0) - z y + log(1 +
   * exp(-|z|))}.
   *
   * @param smoothing share of the label that goes to the other class, in [0, 1)
   */
  record BinaryCrossEntropy(double smoothing) implements Loss {
    @Override
    public NDArray flat(NDArray logits, NDArray labels) {
      NDArray z = logits.reshape(-1);
      NDArray y = smoothing == 0 ? labels : labels.mul(1 - smoothing).add(smoothing / 2);
      // log(1 + exp(z)) - z y: softPlus is one fused, stable kernel.
      return z.getNDArrayInternal().softPlus().sub(z.mul(y));
    }
  }

  /**
   * Cross entropy of several logits.
   *
   * @param classes number of classes
   * @param smoothing share of the label that is spread over all classes, in [0, 1)
   */
  record CrossEntropy(int classes, double smoothing) implements Loss {
    @Override
    public NDArray flat(NDArray logits, NDArray labels) {
      NDArray logProbabilities = logits.logSoftmax(1);
      NDArray oneHot =
          labels.toType(DataType.INT64, false).oneHot(classes, 1f, 0f, DataType.FLOAT32);
      NDArray target = smoothing == 0 ? oneHot : oneHot.mul(1 - smoothing).add(smoothing / classes);
      return logProbabilities.mul(target).sum(new int[] {1}).neg();
    }
  }

  /** The squared difference, whose mean is the MSE. */
  record Squared() implements Loss {
    @Override
    public NDArray flat(NDArray logits, NDArray labels) {
      NDArray difference = logits.reshape(-1).sub(labels);
      return difference.mul(difference);
    }
  }
}
