package dev.lockstep.models.architectures;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.Link;
import dev.lockstep.models.ModelFamily;
import dev.lockstep.models.Options;
import dev.lockstep.models.TabularBlock;
import dev.lockstep.models.TunedOption;
import dev.lockstep.models.layers.Dropout;
import dev.lockstep.models.layers.FeatureScale;
import dev.lockstep.models.layers.Features;
import dev.lockstep.models.layers.NtkLinear;
import dev.lockstep.models.layers.ParametricActivation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * RealMLP (Holzmueller, Grinsztajn and Steinwart, "Better by Default: Strong Pre-Tuned MLPs and
 * Boosted Trees on Tabular Data", NeurIPS 2024): PBLD embeddings, a trained scale on every input,
 * linear layers in the neural tangent parametrisation, parametric activations and dropout, with a
 * learning rate of its own for each kind of parameter.
 *
 * <p>Left out: biases that begin by looking at the data (they begin at N(0, 1)), and schedules of
 * dropout and weight decay.
 */
public final class RealMlp extends TabularBlock {
  private static final double SCALE_RATE = 6;
  private static final double SLOW_RATE = 0.1;

  private final Features features;
  private final FeatureScale scale;
  private final List<NtkLinear> hidden = new ArrayList<>();
  private final List<ParametricActivation> activations = new ArrayList<>();
  private final NtkLinear output;
  private final double dropout;

  private RealMlp(
      Features features,
      int outputs,
      List<Integer> sizes,
      ParametricActivation.Kind activation,
      double dropout) {
    this.dropout = dropout;
    this.features = addUnit("features", features);
    int width = features.outputs();
    scale = addChildBlock("scale", new FeatureScale(width, SCALE_RATE));
    for (int size : sizes) {
      hidden.add(addUnit("hidden", new NtkLinear(width, size, SLOW_RATE)));
      activations.add(
          addChildBlock("activation", new ParametricActivation(activation, size, SLOW_RATE)));
      width = size;
    }
    output = addChildBlock("output", new NtkLinear(width, outputs, SLOW_RATE));
  }

  @Override
  protected NDList compute(ParameterStore store, NDList inputs, boolean training) {
    NDArray x = unit(store, features, inputs, in -> features.apply(store, in, training));
    x = scale.apply(store, x, training);
    for (int i = 0; i < hidden.size(); i++) {
      int layer = i;
      x = unit(store, hidden.get(i), x, in -> hidden(store, layer, in, training));
    }
    return new NDList(output.apply(store, x, training));
  }

  private NDArray hidden(ParameterStore store, int layer, NDArray x, boolean training) {
    NDArray h = hidden.get(layer).apply(store, x, training);
    h = activations.get(layer).apply(store, h, training);
    return Dropout.apply(store, h, dropout, training);
  }

  /**
   * The catalogue's entry {@code realmlp}. For regression the paper takes the activation {@code
   * mish} and a rate of 0.2; its loss for classes is smoothed by 0.1. It trains for 256 epochs; 64
   * are the default here, the same schedule in a quarter of the time.
   */
  public static final class Family implements ModelFamily {
    @Override
    public String name() {
      return "realmlp";
    }

    @Override
    public Block build(FeatureSchema schema, int outputs, Map<String, Object> options) {
      Options given = new Options(name(), options);
      Features features = InputOptions.read(schema, given, NumericKind.PBLD, 9);
      List<Integer> hidden = given.sizes("hidden", List.of(256, 256, 256));
      String activation = given.word("activation", "selu", List.of("selu", "mish", "relu"));
      double dropout = given.number("dropout", 0.15, 0, 0.95);
      given.refuseOthers();
      return new RealMlp(
          features,
          outputs,
          hidden,
          ParametricActivation.Kind.valueOf(activation.toUpperCase(Locale.ROOT)),
          dropout);
    }

    @Override
    public Optional<EstimatorSpec> loss(Link link) {
      return link == Link.IDENTITY
          ? Optional.empty()
          : Optional.of(new EstimatorSpec("cross-entropy", Map.of("smoothing", 0.1)));
    }

    @Override
    public NumericTransform numericTransform() {
      return NumericTransform.ROBUST;
    }

    @Override
    public String summary() {
      return "perceptron with tuned defaults and periodic embeddings";
    }

    @Override
    public List<TunedOption> tunedOptions() {
      return InputOptions.tuned(
          NumericKind.PBLD,
          TunedOption.layers("hidden", 3, List.of(128, 256, 384)),
          InputOptions.dropout("dropout"));
    }

    @Override
    public Map<String, Object> trainingDefaults() {
      return Map.of(
          "learningRate",
          0.04,
          "weightDecay",
          0.02,
          "batch",
          256,
          "epochs",
          64,
          "patience",
          64,
          "schedule",
          "coslog4",
          "beta2",
          0.95);
    }
  }
}
