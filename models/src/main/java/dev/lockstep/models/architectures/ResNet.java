package dev.lockstep.models.architectures;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.ModelFamily;
import dev.lockstep.models.Options;
import dev.lockstep.models.TabularBlock;
import dev.lockstep.models.TunedOption;
import dev.lockstep.models.layers.BatchNorm;
import dev.lockstep.models.layers.Dropout;
import dev.lockstep.models.layers.Features;
import dev.lockstep.models.layers.Layer;
import dev.lockstep.models.layers.LinearLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * ResNet for tables (Gorishniy et al., "Revisiting Deep Learning Models for Tabular Data", NeurIPS
 * 2021): Linear; blocks {@code x + Dropout(Linear(Dropout(ReLU(Linear(BatchNorm(x))))))}; then
 * BatchNorm, ReLU, Linear.
 */
public final class ResNet extends TabularBlock {
  private final Features features;
  private final LinearLayer first;
  private final List<Residual> blocks = new ArrayList<>();
  private final BatchNorm norm;
  private final LinearLayer output;

  /**
   * Sizes and rates.
   *
   * @param width width of the main path
   * @param blocks number of blocks
   * @param hidden width inside a block
   * @param dropout rate inside a block
   * @param residualDropout rate at a block's end
   */
  private record Sizes(int width, int blocks, int hidden, double dropout, double residualDropout) {}

  private ResNet(Features features, int outputs, Sizes sizes) {
    this.features = addUnit("features", features);
    first = addUnit("first", new LinearLayer(features.outputs(), sizes.width()));
    for (int i = 0; i < sizes.blocks(); i++) {
      blocks.add(addUnit("block", new Residual(sizes)));
    }
    norm = addChildBlock("norm", new BatchNorm(sizes.width()));
    output = addChildBlock("output", new LinearLayer(sizes.width(), outputs));
  }

  @Override
  protected NDList compute(ParameterStore store, NDList inputs, boolean training) {
    NDArray x = unit(store, features, inputs, in -> features.apply(store, in, training));
    x = unit(store, first, x, in -> first.apply(store, in, training));
    for (Residual block : blocks) {
      x = unit(store, block, x, in -> block.apply(store, in, training));
    }
    NDArray last = Activation.relu(norm.apply(store, x, training));
    return new NDList(output.apply(store, last, training));
  }

  /** A block. */
  private static final class Residual extends Layer {
    private final BatchNorm norm;
    private final LinearLayer in;
    private final LinearLayer out;
    private final Sizes sizes;

    Residual(Sizes sizes) {
      this.sizes = sizes;
      norm = addChildBlock("norm", new BatchNorm(sizes.width()));
      in = addChildBlock("in", new LinearLayer(sizes.width(), sizes.hidden()));
      out = addChildBlock("out", new LinearLayer(sizes.hidden(), sizes.width()));
    }

    @Override
    public NDArray apply(ParameterStore store, NDArray x, boolean training) {
      BatchNorm.Normalised normalised = norm.normalise(store, x, training);
      NDArray h = in.apply(store, normalised.output(), training);
      h = Dropout.apply(store, Activation.relu(h), sizes.dropout(), training);
      h = out.apply(store, h, training);
      h = Dropout.apply(store, h, sizes.residualDropout(), training);
      return normalised.input().add(h);
    }
  }

  /**
   * The catalogue's entry {@code resnet}. The paper tunes width and depth (64 to 1,024 and 1 to 8);
   * the defaults are at the small end, for which tables of some ten thousand rows need no more.
   */
  public static final class Family implements ModelFamily {
    @Override
    public String name() {
      return "resnet";
    }

    @Override
    public Block build(FeatureSchema schema, int outputs, Map<String, Object> options) {
      Options given = new Options(name(), options);
      Features features = InputOptions.read(schema, given, NumericKind.NONE, 0);
      int width = given.whole("width", 192, 1, 65_536);
      int blocks = given.whole("blocks", 2, 1, 1000);
      double factor = given.number("hiddenFactor", 2, 0.1, 100);
      double dropout = given.number("dropout", 0.25, 0, 0.95);
      double residualDropout = given.number("residualDropout", 0, 0, 0.95);
      given.refuseOthers();
      int hidden = (int) Math.max(1, Math.round(width * factor));
      return new ResNet(
          features, outputs, new Sizes(width, blocks, hidden, dropout, residualDropout));
    }

    @Override
    public String summary() {
      return "perceptron with residual blocks and batch normalisation";
    }

    @Override
    public List<TunedOption> tunedOptions() {
      return InputOptions.tuned(
          NumericKind.NONE,
          TunedOption.oneOf("width", 96, 192, 384),
          TunedOption.oneOf("blocks", 1, 2, 3, 4),
          InputOptions.dropout("dropout"));
    }

    @Override
    public Map<String, Object> trainingDefaults() {
      return Map.of("learningRate", 5e-4, "weightDecay", 1e-4, "batch", 256, "patience", 16);
    }
  }
}
