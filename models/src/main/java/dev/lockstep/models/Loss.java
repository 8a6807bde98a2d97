package dev.lockstep.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * A loss by row, so that rows can be weighted and summed exactly over ranks. Logits of an ensemble
 * in one network, {@code [batch, members, outputs]}, get the mean of the members' losses.
 */
public sealed interface Loss {
  /** The loss of a task where nothing else is said. */
  static Loss of(Link link, int outputs) {
    return switch (link) {
      case SIGMOID -> new BinaryCrossEntropy(0);
      case SOFTMAX -> new CrossEntropy(outputs, 0);
      case IDENTITY -> outputs == 1 ? new Squared() : new Pinball(Losses.evenQuantiles(outputs));
    };
  }

  /**
   * The loss that an experiment file names, such as {@code {name: focal, gamma: 2}}: {@code
   * cross-entropy} ({@code smoothing}, {@code classWeights}) or {@code focal} ({@code gamma},
   * {@code classWeights}) for classes; {@code squared}, {@code huber} ({@code delta}, in units of
   * the label as the network sees it) or {@code pinball} ({@code quantiles}) for regression.
   *
   * @param link what the outputs mean
   * @param outputs number of the network's outputs
   * @throws IllegalArgumentException if there is no such loss for the task, or an option is wrong
   */
  static Loss of(EstimatorSpec spec, Link link, int outputs) {
    return Losses.read(spec, link, outputs);
  }

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
    long rows = shape.get(0);
    long members = shape.get(1);
    NDArray all = logits.reshape(rows * members, shape.get(2));
    NDArray repeated = labels.reshape(rows, 1).broadcast(rows, members).reshape(rows * members);
    return flat(all, repeated).reshape(rows, members).mean(new int[] {1});
  }

  /** The losses for {@code [batch, outputs]} logits. */
  NDArray flat(NDArray logits, NDArray labels);

  /**
   * Cross entropy of one logit, stable for large logits: {@code max(z, 0) - z y + log(1 +
   * exp(-|z|))}.
   *
   * @param smoothing share of the label that is spread evenly over both classes, in [0, 1)
   */
  record BinaryCrossEntropy(double smoothing) implements Loss {
    /** Refuses a share that leaves nothing of the label. */
    public BinaryCrossEntropy {
      Losses.within("smoothing", smoothing, 0, Math.nextDown(1.0));
    }

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
   * @param smoothing share of the label that is spread evenly over all classes, in [0, 1)
   */
  record CrossEntropy(int classes, double smoothing) implements Loss {
    /** Refuses a share that leaves nothing of the label. */
    public CrossEntropy {
      Losses.within("smoothing", smoothing, 0, Math.nextDown(1.0));
    }

    @Override
    public NDArray flat(NDArray logits, NDArray labels) {
      NDArray logProbabilities = logits.logSoftmax(1);
      NDArray index = labels.toType(DataType.INT64, false).reshape(-1, 1);
      NDArray ofLabel = logProbabilities.gather(index, 1).reshape(-1);
      if (smoothing == 0) {
        return ofLabel.neg();
      }
      NDArray ofAll = logProbabilities.mean(new int[] {1});
      return ofLabel
          .mul(Scalars.like(logits, smoothing - 1))
          .sub(ofAll.mul(Scalars.like(logits, smoothing)));
    }
  }

  /**
   * Focal loss: the cross entropy times {@code (1 - p)^gamma}, p being the label's probability, so
   * that rows that are easy weigh less (Lin et al., "Focal Loss for Dense Object Detection", ICCV
   * 2017).
   *
   * @param entropy the cross entropy, without smoothing
   * @param gamma 0 for the cross entropy itself
   */
  record Focal(Loss entropy, double gamma) implements Loss {
    /** Refuses what has no probability of the label. */
    public Focal {
      if (!(entropy instanceof BinaryCrossEntropy b && b.smoothing() == 0)
          && !(entropy instanceof CrossEntropy c && c.smoothing() == 0)) {
        throw new IllegalArgumentException("a focal loss is of a cross entropy without smoothing");
      }
      Losses.within("gamma", gamma, 0, 100);
    }

    @Override
    public NDArray flat(NDArray logits, NDArray labels) {
      NDArray loss = entropy.flat(logits, labels);
      if (gamma == 0) {
        return loss;
      }
      // Kept off 0, where the power has no finite slope for gamma below 1.
      NDArray doubt =
          loss.neg()
              .exp()
              .getNDArrayInternal()
              .rsub(1f)
              .maximum(Scalars.like(logits, Float.MIN_NORMAL));
      return doubt.pow(Scalars.like(logits, gamma)).mul(loss);
    }
  }

  /**
   * A class loss times a weight of the row's class. The mean over rows is over their number, not
   * over the weights' sum.
   *
   * @param loss the loss of a row
   * @param weights a weight for each class
   */
  record ClassWeighted(Loss loss, List<Double> weights) implements Loss {
    /** Copies the weights. */
    public ClassWeighted {
      weights = List.copyOf(weights);
      for (double weight : weights) {
        Losses.within("classWeights", weight, 0, Float.MAX_VALUE);
      }
    }

    @Override
    public NDArray flat(NDArray logits, NDArray labels) {
      float[] values = new float[weights.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = weights.get(i).floatValue();
      }
      NDArray index = labels.toType(DataType.INT64, false);
      NDArray ofRow = labels.getManager().create(values).gather(index, 0);
      return loss.flat(logits, labels).mul(ofRow);
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

  /**
   * Half the square of small differences, linear beyond {@code delta} (Huber, "Robust Estimation of
   * a Location Parameter", 1964).
   *
   * @param delta where it becomes linear, above 0
   */
  record Huber(double delta) implements Loss {
    /** Refuses a delta without a middle. */
    public Huber {
      Losses.within("delta", delta, Float.MIN_NORMAL, Float.MAX_VALUE);
    }

    @Override
    public NDArray flat(NDArray logits, NDArray labels) {
      NDArray size = logits.reshape(-1).sub(labels).abs();
      NDArray small = size.minimum(Scalars.like(logits, delta));
      return small.mul(size.sub(small.mul(Scalars.like(logits, 0.5))));
    }
  }

  /**
   * Pinball loss, one output for each quantile; the mean over them (Koenker and Bassett,
   * "Regression Quantiles", 1978).
   *
   * @param quantiles the quantiles in the order of the outputs, each in (0, 1)
   */
  record Pinball(List<Double> quantiles) implements Loss {
    /** Copies the quantiles. */
    public Pinball {
      quantiles = List.copyOf(quantiles);
      if (quantiles.isEmpty()) {
        throw new IllegalArgumentException("quantiles: at least one is needed");
      }
      for (double quantile : quantiles) {
        Losses.within("quantiles", quantile, Math.nextUp(0.0), Math.nextDown(1.0));
      }
    }

    @Override
    public NDArray flat(NDArray logits, NDArray labels) {
      float[] levels = new float[quantiles.size()];
      for (int i = 0; i < levels.length; i++) {
        levels[i] = quantiles.get(i).floatValue();
      }
      NDArray level = labels.getManager().create(levels);
      NDArray above = labels.reshape(-1, 1).sub(logits);
      return level.mul(above).maximum(level.sub(1).mul(above)).mean(new int[] {1});
    }
  }
}
