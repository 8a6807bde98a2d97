package dev.lockstep.models.architectures;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.Initial;
import dev.lockstep.models.ModelFamily;
import dev.lockstep.models.Options;
import dev.lockstep.models.Scalars;
import dev.lockstep.models.TabularBlock;
import dev.lockstep.models.TunedOption;
import dev.lockstep.models.layers.EmbeddedFeatures;
import dev.lockstep.models.layers.FeatureTokenizer;
import dev.lockstep.models.layers.FirstOrder;
import dev.lockstep.models.layers.Perceptron;
import java.util.List;
import java.util.Map;

/**
 * DeepFM (Guo et al., "DeepFM: A Factorization-Machine based Neural Network for CTR Prediction",
 * IJCAI 2017): a linear model, a factorisation machine and a perceptron on the same vectors. A
 * numeric feature is its value times a vector. The paper has one output; for several, each has a
 * factorisation machine of its own, and the perceptron sees the vectors of all.
 */
public final class DeepFm extends TabularBlock {
  private final int outputs;
  private final int width;
  private final FirstOrder first;
  private final FeatureTokenizer vectors;
  private final Perceptron deep;

  private DeepFm(
      FeatureSchema schema,
      boolean sharded,
      int outputs,
      int width,
      List<Integer> hidden,
      double dropout) {
    this.outputs = outputs;
    this.width = width;
    first =
        addChildBlock(
            "first",
            new FirstOrder(schema.numeric(), EmbeddedFeatures.of(schema, sharded), outputs));
    vectors =
        addChildBlock(
            "vectors",
            new FeatureTokenizer(schema, sharded, width * outputs, new Initial.Normal(0.1), false));
    deep = addChildBlock("deep", new Perceptron(vectors.outputs(), hidden, dropout, outputs));
  }

  @Override
  protected NDList compute(ParameterStore store, NDList inputs, boolean training) {
    NDArray linear = first.apply(store, inputs.get(0), inputs.get(1), training);
    NDArray v = vectors.apply(store, inputs, training);
    NDArray sum = v.sum(new int[] {1});
    // All pairs' inner products: half of (sum v)^2 - sum v^2.
    NDArray pairs = sum.mul(sum).sub(v.mul(v).sum(new int[] {1}));
    NDArray second =
        pairs.reshape(-1, outputs, width).sum(new int[] {2}).mul(Scalars.like(sum, 0.5));
    NDArray flat = v.reshape(-1, vectors.outputs());
    return new NDList(linear.add(second).add(deep.apply(store, flat, training)));
  }

  /** The catalogue's entry {@code deepfm}. */
  public static final class Family implements ModelFamily {
    @Override
    public String name() {
      return "deepfm";
    }

    @Override
    public Block build(FeatureSchema schema, int outputs, Map<String, Object> options) {
      Options given = new Options(name(), options);
      int width = given.whole("embedding", 10, 1, 1024);
      boolean sharded = InputOptions.sharded(given);
      List<Integer> hidden = given.sizes("hidden", List.of(256, 256));
      double dropout = given.number("dropout", 0.2, 0, 0.95);
      given.refuseOthers();
      return new DeepFm(schema, sharded, outputs, width, hidden, dropout);
    }

    @Override
    public boolean hasUnits() {
      return false;
    }

    @Override
    public String summary() {
      return "factorisation machine and perceptron over shared embeddings";
    }

    @Override
    public List<TunedOption> tunedOptions() {
      return InputOptions.perceptron(NumericKind.NONE);
    }

    @Override
    public Map<String, Object> trainingDefaults() {
      return InputOptions.TRAINING;
    }
  }
}
