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
import dev.lockstep.models.layers.Perceptron;
import java.util.List;
import java.util.Map;

/**
 * Multi-layer perceptron: blocks of Linear, ReLU and Dropout, then Linear (as in Gorishniy et al.,
 * "Revisiting Deep Learning Models for Tabular Data", NeurIPS 2021), with numeric features as they
 * are or embedded ("On Embeddings for Numerical Features in Tabular Deep Learning", NeurIPS 2022).
 * Categories are embedded. Without hidden layers it is linear or logistic regression.
 */
public final class Mlp extends TabularBlock {
  private final Features features;
  private final Perceptron layers;

  private Mlp(Features features, int outputs, List<Integer> hidden, double dropout) {
    this.features = addUnit("features", features);
    layers = addChildBlock("layers", new Perceptron(features.outputs(), hidden, dropout, outputs));
  }

  @Override
  protected NDList compute(ParameterStore store, NDList inputs, boolean training) {
    NDArray x = unit(store, features, inputs, in -> features.apply(store, in, training));
    return new NDList(layers.apply(store, x, training));
  }

  /** What the entries have in common. */
  private abstract static class AnyFamily implements ModelFamily {
    private final String name;
    private final NumericKind kind;
    private final List<Integer> hidden;

    AnyFamily(String name, NumericKind kind, List<Integer> hidden) {
      this.name = name;
      this.kind = kind;
      this.hidden = hidden;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Block build(FeatureSchema schema, int outputs, Map<String, Object> options) {
      Options given = new Options(name, options);
      Features features = InputOptions.read(schema, given, kind, 0);
      List<Integer> sizes = given.sizes("hidden", hidden);
      double dropout = given.number("dropout", 0.1, 0, 0.95);
      given.refuseOthers();
      return new Mlp(features, outputs, sizes, dropout);
    }

    @Override
    public String summary() {
      return "multi-layer perceptron" + kind.summary();
    }

    @Override
    public List<TunedOption> tunedOptions() {
      return InputOptions.perceptron(kind);
    }

    @Override
    public Map<String, Object> trainingDefaults() {
      return InputOptions.TRAINING;
    }
  }

  /** The catalogue's entry {@code mlp}. */
  public static final class Family extends AnyFamily {
    /** For the catalogue. */
    public Family() {
      super("mlp", NumericKind.NONE, List.of(256, 256));
    }
  }

  /** The catalogue's entry {@code mlp-ple}: piecewise linear embeddings. */
  public static final class PiecewiseFamily extends AnyFamily {
    /** For the catalogue. */
    public PiecewiseFamily() {
      super("mlp-ple", NumericKind.PLE, List.of(256, 256));
    }
  }

  /** The catalogue's entry {@code mlp-plr}: periodic embeddings. */
  public static final class PeriodicFamily extends AnyFamily {
    /** For the catalogue. */
    public PeriodicFamily() {
      super("mlp-plr", NumericKind.PLR, List.of(256, 256));
    }
  }

  /** The catalogue's entry {@code linear}. */
  public static final class LinearFamily implements ModelFamily {
    @Override
    public String name() {
      return "linear";
    }

    @Override
    public Block build(FeatureSchema schema, int outputs, Map<String, Object> options) {
      Options given = new Options(name(), options);
      Features features = InputOptions.read(schema, given, NumericKind.NONE, 1000);
      given.refuseOthers();
      return new Mlp(features, outputs, List.of(), 0);
    }

    @Override
    public String summary() {
      return "linear or logistic regression, trained as a network";
    }

    @Override
    public Map<String, Object> trainingDefaults() {
      return Map.of("learningRate", 1e-2, "weightDecay", 1e-4, "batch", 256, "patience", 16);
    }
  }
}
