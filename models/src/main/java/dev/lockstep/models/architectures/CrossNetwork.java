package dev.lockstep.models.architectures;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.ModelFamily;
import dev.lockstep.models.Options;
import dev.lockstep.models.TabularBlock;
import dev.lockstep.models.TunedOption;
import dev.lockstep.models.layers.Features;
import dev.lockstep.models.layers.Layer;
import dev.lockstep.models.layers.LinearLayer;
import dev.lockstep.models.layers.Perceptron;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * DCN-v2 (Wang et al., "DCN V2: Improved Deep and Cross Network and Practical Lessons for Web-scale
 * Learning to Rank Systems", WWW 2021): cross layers {@code x0 * (W x + b) + x}, W full or of low
 * rank, then a perceptron on their output (stacked) or beside them (parallel).
 */
public final class CrossNetwork extends TabularBlock {
  private final Features features;
  private final List<Layer> crosses = new ArrayList<>();
  private final Perceptron deep;
  private final LinearLayer shortcut;

  /**
   * Sizes and kind.
   *
   * @param crosses number of cross layers
   * @param rank rank of W; 0 for a full one
   * @param parallel whether the perceptron is beside the cross layers
   * @param hidden widths of the perceptron's layers
   * @param dropout rate after each of them
   */
  private record Sizes(
      int crosses, int rank, boolean parallel, List<Integer> hidden, double dropout) {}

  private CrossNetwork(Features features, int outputs, Sizes sizes) {
    this.features = addChildBlock("features", features);
    int width = features.outputs();
    for (int i = 0; i < sizes.crosses(); i++) {
      boolean full = sizes.rank() == 0 || sizes.rank() >= width;
      Layer layer = full ? new LinearLayer(width, width) : new LowRank(width, sizes.rank());
      crosses.add(addChildBlock("cross", layer));
    }
    deep = addChildBlock("deep", new Perceptron(width, sizes.hidden(), sizes.dropout(), outputs));
    // Two linear layers of parts of a vector are one linear layer of the whole.
    shortcut =
        sizes.parallel()
            ? addChildBlock("shortcut", LinearLayer.withoutBias(width, outputs))
            : null;
  }

  @Override
  protected NDList compute(ParameterStore store, NDList inputs, boolean training) {
    NDArray x0 = features.apply(store, inputs, training);
    NDArray x = x0;
    for (Layer cross : crosses) {
      x = x0.mul(cross.apply(store, x, training)).add(x);
    }
    return new NDList(
        shortcut == null
            ? deep.apply(store, x, training)
            : deep.apply(store, x0, training).add(shortcut.apply(store, x, training)));
  }

  /** {@code U (V x) + b}. */
  private static final class LowRank extends Layer {
    private final LinearLayer down;
    private final LinearLayer up;

    LowRank(int width, int rank) {
      down = addChildBlock("down", LinearLayer.withoutBias(width, rank));
      up = addChildBlock("up", new LinearLayer(rank, width));
    }

    @Override
    public NDArray apply(ParameterStore store, NDArray x, boolean training) {
      return up.apply(store, down.apply(store, x, training), training);
    }
  }

  /** The catalogue's entry {@code dcn2}. */
  public static final class Family implements ModelFamily {
    @Override
    public String name() {
      return "dcn2";
    }

    @Override
    public Block build(FeatureSchema schema, int outputs, Map<String, Object> options) {
      Options given = new Options(name(), options);
      Features features = InputOptions.read(schema, given, NumericKind.NONE, 0);
      int crosses = given.whole("crosses", 2, 1, 100);
      int rank = given.whole("rank", 0, 0, 65_536);
      String structure = given.word("structure", "stacked", List.of("stacked", "parallel"));
      List<Integer> hidden = given.sizes("hidden", List.of(256, 256));
      double dropout = given.number("dropout", 0.1, 0, 0.95);
      given.refuseOthers();
      boolean parallel = structure.equals("parallel");
      return new CrossNetwork(
          features, outputs, new Sizes(crosses, rank, parallel, hidden, dropout));
    }

    @Override
    public boolean hasUnits() {
      return false;
    }

    @Override
    public String summary() {
      return "deep and cross network, version 2";
    }

    @Override
    public List<TunedOption> tunedOptions() {
      return InputOptions.perceptron(NumericKind.NONE, TunedOption.oneOf("crosses", 1, 2, 3, 4));
    }

    @Override
    public Map<String, Object> trainingDefaults() {
      return InputOptions.TRAINING;
    }
  }
}
