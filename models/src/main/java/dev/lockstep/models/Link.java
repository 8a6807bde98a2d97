package dev.lockstep.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/** From logits to predictions. */
public enum Link {
  /** One logit to the probabilities of both classes. */
  SIGMOID {
    @Override
    NDArray flat(NDArray logits) {
      NDArray positive = logits.getNDArrayInternal().sigmoid();
      return positive.neg().add(1f).concat(positive, 1);
    }
  },
  /** Logits to the probabilities of the classes. */
  SOFTMAX {
    @Override
    NDArray flat(NDArray logits) {
      return logits.softmax(1);
    }
  },
  /** The value itself. */
  IDENTITY {
    @Override
    NDArray flat(NDArray logits) {
      return logits;
    }
  };

  abstract NDArray flat(NDArray logits);

  /**
   * The predictions; members of an ensemble are averaged after the link.
   *
   * @param logits {@code [batch, outputs]} or {@code [batch, members, outputs]}
   * @return {@code [batch, classes]} probabilities, or {@code [batch, 1]} values
   */
  public NDArray predictions(NDArray logits) {
    Shape shape = logits.getShape();
    if (shape.dimension() == 2) {
      return flat(logits);
    }
    NDArray all = flat(logits.reshape(shape.get(0) * shape.get(1), shape.get(2)));
    return all.reshape(shape.get(0), shape.get(1), all.getShape().get(1)).mean(new int[] {1});
  }
}
