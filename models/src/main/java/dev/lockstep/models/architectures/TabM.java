package dev.lockstep.models.architectures;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.Initial;
import dev.lockstep.models.ModelFamily;
import dev.lockstep.models.Options;
import dev.lockstep.models.TabularBlock;
import dev.lockstep.models.TunedOption;
import dev.lockstep.models.layers.BatchEnsembleLinear;
import dev.lockstep.models.layers.Dropout;
import dev.lockstep.models.layers.Features;
import dev.lockstep.models.layers.Layer;
import dev.lockstep.models.layers.LinearLayer;
import dev.lockstep.models.layers.MemberHeads;
import dev.lockstep.models.layers.MemberScale;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * TabM (Gorishniy, Kotelnikov and Babenko, "TabM: Advancing Tabular Deep Learning with
 * Parameter-Efficient Ensembling", ICLR 2025): one perceptron that imitates an ensemble. Every
 * member is trained on its own loss; predictions are averaged after the link. The mini version has
 * only the first scale and the heads for each member.
 */
public final class TabM extends TabularBlock {
  private static final String ENSEMBLE = "ensemble of perceptrons in one network";

  private final Features features;
  private final List<Layer> layers = new ArrayList<>();
  private final MemberHeads heads;
  private final MemberScale scale;
  private final double dropout;

  /**
   * Sizes of the ensemble.
   *
   * @param members number of members
   * @param rank pairs of scales of a member in each layer; 0 for the mini version
   * @param hidden widths of the hidden layers
   * @param dropout rate after each hidden layer
   */
  private record Sizes(int members, int rank, List<Integer> hidden, double dropout) {}

  private TabM(Features features, int outputs, Sizes sizes) {
    this.features = addUnit("features", features);
    this.dropout = sizes.dropout();
    boolean mini = sizes.rank() == 0;
    int width = features.outputs();
    scale = mini ? addChildBlock("scale", new MemberScale(sizes.members(), width)) : null;
    Initial begin = new Initial.Sign();
    for (int size : sizes.hidden()) {
      Layer layer =
          mini
              ? new LinearLayer(width, size)
              : new BatchEnsembleLinear(sizes.members(), sizes.rank(), width, size, begin);
      layers.add(addUnit("hidden", layer));
      begin = new Initial.Constant(1);
      width = size;
    }
    heads = addChildBlock("heads", new MemberHeads(sizes.members(), width, outputs));
  }

  @Override
  protected NDList compute(ParameterStore store, NDList inputs, boolean training) {
    NDArray x = unit(store, features, inputs, in -> features.apply(store, in, training));
    if (scale != null) {
      x = scale.apply(store, x, training);
    }
    for (Layer layer : layers) {
      x = unit(store, layer, x, in -> hidden(store, layer, in, training));
    }
    return new NDList(heads.apply(store, x, training));
  }

  private NDArray hidden(ParameterStore store, Layer layer, NDArray x, boolean training) {
    NDArray h = Activation.relu(layer.apply(store, x, training));
    return Dropout.apply(store, h, dropout, training);
  }

  /**
   * What the entries have in common. The paper's 32 members of 3 layers of 512 want a GPU; the
   * defaults are 16 members of 2 layers of 128, which one core trains on Adult in minutes.
   */
  private abstract static class AnyFamily implements ModelFamily {
    private final String name;
    private final NumericKind kind;
    private final int rank;
    private final String summary;

    AnyFamily(String name, NumericKind kind, int rank, String summary) {
      this.summary = summary;
      this.name = name;
      this.kind = kind;
      this.rank = rank;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Block build(FeatureSchema schema, int outputs, Map<String, Object> options) {
      Options given = new Options(name, options);
      Features features = InputOptions.read(schema, given, kind, 64);
      int members = given.whole("members", 16, 1, 1024);
      int pairs = rank <= 1 ? rank : given.whole("rank", rank, 1, 64);
      List<Integer> hidden = given.sizes("hidden", List.of(128, 128));
      if (hidden.isEmpty()) {
        throw new IllegalArgumentException(name + ".hidden needs at least one layer");
      }
      double dropout = given.number("dropout", 0.1, 0, 0.95);
      given.refuseOthers();
      return new TabM(features, outputs, new Sizes(members, pairs, hidden, dropout));
    }

    @Override
    public String summary() {
      return summary + kind.summary();
    }

    @Override
    public List<TunedOption> tunedOptions() {
      return InputOptions.tuned(
          kind,
          TunedOption.layers("hidden", 3, List.of(64, 128, 256)),
          InputOptions.dropout("dropout"));
    }

    @Override
    public Map<String, Object> trainingDefaults() {
      return Map.of(
          "learningRate", 2e-3, "weightDecay", 3e-4, "batch", 256, "patience", 16, "clipNorm", 1.0);
    }
  }

  /** The catalogue's entry {@code tabm}. */
  public static final class Family extends AnyFamily {
    /** For the catalogue. */
    public Family() {
      super("tabm", NumericKind.NONE, 1, ENSEMBLE);
    }
  }

  /** The catalogue's entry {@code tabm-mini}. */
  public static final class MiniFamily extends AnyFamily {
    /** For the catalogue. */
    public MiniFamily() {
      super("tabm-mini", NumericKind.NONE, 0, ENSEMBLE + ", scaled at its inputs alone");
    }
  }

  /** The catalogue's entry {@code tabm-ple}: with piecewise linear embeddings. */
  public static final class PiecewiseFamily extends AnyFamily {
    /** For the catalogue. */
    public PiecewiseFamily() {
      super("tabm-ple", NumericKind.PLE_RESIDUAL, 1, ENSEMBLE);
    }
  }

  /** The catalogue's entry {@code tabm-pbld}: with RealMLP's periodic embeddings. */
  public static final class PeriodicFamily extends AnyFamily {
    /** For the catalogue. */
    public PeriodicFamily() {
      super("tabm-pbld", NumericKind.PBLD, 1, ENSEMBLE);
    }
  }

  /**
   * The catalogue's entry {@code tabm-rank}: as {@code tabm-ple}, with several pairs of scales for
   * each member, so that members may differ more than by the rank 1 of TabM.
   */
  public static final class RankFamily extends AnyFamily {
    /** For the catalogue. */
    public RankFamily() {
      super("tabm-rank", NumericKind.PLE_RESIDUAL, 2, ENSEMBLE + ", of a higher rank");
    }
  }
}
