package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.Initial;
import java.util.Arrays;
import java.util.List;

/**
 * Piecewise linear encoding and a linear layer for each feature (Gorishniy et al., NeurIPS 2022,
 * section 3.2). Component t of a value is 0 below its bin, 1 above it and rises linearly within;
 * the first has no lower and the last no upper bound, so that values outside the train split's
 * range still differ.
 *
 * <p>{@link Kind#RELU} is the paper's "Q-LR". {@link Kind#RESIDUAL} adds a plain linear embedding,
 * begins the encoding's weights at 0 and has no activation: the form that TabM uses.
 *
 * <p>What it can tell apart depends on the edges: values that many rows share (0 in a column that
 * is mostly 0) want an edge of their own, so that the other edges are left for the other values.
 *
 * <p>A feature of fewer bins than others has components that are always 0; one of a single value
 * contributes its bias alone.
 */
public final class PiecewiseLinear extends NumericEmbedding {
  /** What follows the encoding. */
  public enum Kind {
    /** ReLU of the linear layer. */
    RELU,
    /** The linear layer beside a linear embedding of the value itself. */
    RESIDUAL
  }

  /** Bins of almost no width must not make an infinite slope, which times 0 is not a number. */
  private static final float STEEPEST = 1e30f;

  private final Kind kind;
  private final Constant left;
  private final Constant slope;
  private final Constant least;
  private final Constant most;
  private final Parameter weight;
  private final Parameter bias;
  private final Parameter direct;

  /**
   * Embeddings of {@code width} values for each numeric feature.
   *
   * @throws IllegalArgumentException if the schema's bins are not known
   */
  public PiecewiseLinear(FeatureSchema schema, int width, Kind kind) {
    super(schema.numeric(), width);
    if (schema.edges().isEmpty()) {
      throw new IllegalArgumentException(
          "a piecewise linear embedding needs the edges of each numeric feature's bins, but the"
              + " schema has none: give them, or choose a model without such an embedding");
    }
    this.kind = kind;
    int features = schema.numeric();
    int bins = Math.max(1, schema.edges().stream().mapToInt(List::size).max().orElse(2) - 1);
    float[] lefts = new float[features * bins];
    float[] slopes = new float[features * bins];
    float[] leasts = new float[features * bins];
    float[] mosts = new float[features * bins];
    Arrays.fill(mosts, 1);
    for (int j = 0; j < features; j++) {
      List<Float> edges = schema.edges().get(j);
      int own = edges.size() - 1;
      for (int t = 0; t < own; t++) {
        lefts[j * bins + t] = edges.get(t);
        slopes[j * bins + t] = Math.min(1 / (edges.get(t + 1) - edges.get(t)), STEEPEST);
      }
      if (own > 0) {
        leasts[j * bins] = Float.NEGATIVE_INFINITY;
        mosts[j * bins + own - 1] = Float.POSITIVE_INFINITY;
      }
    }
    left = constant(lefts, features, 1, bins);
    slope = constant(slopes, features, 1, bins);
    least = constant(leasts, features, 1, bins);
    most = constant(mosts, features, 1, bins);
    boolean residual = kind == Kind.RESIDUAL;
    Initial uniform = new Initial.Uniform(1 / Math.sqrt(bins));
    Initial ofOne = new Initial.Uniform(1 / Math.sqrt(width));
    weight =
        parameter(
            "weight",
            Parameter.Type.WEIGHT,
            residual ? new Initial.Constant(0) : uniform,
            features,
            bins,
            width);
    bias = parameter("bias", Parameter.Type.BIAS, residual ? ofOne : uniform, features, 1, width);
    direct = residual ? parameter("direct", Parameter.Type.OTHER, ofOne, features, 1, width) : null;
  }

  /** The encoding, {@code [numeric, batch, bins]}. */
  private NDArray encoded(NDArray column) {
    return column.sub(left.array()).mul(slope.array()).maximum(least.array()).minimum(most.array());
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    // Feature by feature, so that the linear layers are one batched product.
    NDArray column = x.transpose().reshape(new Shape(x.getShape().get(1), -1, 1));
    NDArray y = encoded(column).batchMatMul(value(store, weight, x, training));
    y = y.add(value(store, bias, x, training));
    y =
        kind == Kind.RELU
            ? Activation.relu(y)
            : y.add(column.mul(value(store, direct, x, training)));
    return y.transpose(1, 0, 2);
  }
}
