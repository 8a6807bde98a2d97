package dev.lockstep.models.architectures;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.Initial;
import dev.lockstep.models.ModelFamily;
import dev.lockstep.models.Options;
import dev.lockstep.models.TabularBlock;
import dev.lockstep.models.TunedOption;
import dev.lockstep.models.layers.CategoryEmbedding;
import dev.lockstep.models.layers.Crosses;
import dev.lockstep.models.layers.EmbeddedFeatures;
import dev.lockstep.models.layers.Features;
import dev.lockstep.models.layers.FirstOrder;
import dev.lockstep.models.layers.Perceptron;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Wide and Deep (Cheng et al., "Wide and Deep Learning for Recommender Systems", DLRS 2016): a
 * linear model of numeric features, categories and crosses of two categories, plus a perceptron of
 * numeric features and embeddings. The paper chooses crosses by hand; here all pairs are taken
 * whose indices are not too many.
 */
public final class WideDeep extends TabularBlock {
  private final Crosses crosses;
  private final CategoryEmbedding crossed;
  private final FirstOrder wide;
  private final Features features;
  private final Perceptron deep;

  private WideDeep(
      FeatureSchema schema,
      boolean sharded,
      Features features,
      int outputs,
      List<Integer> hidden,
      double dropout,
      int crossLimit) {
    Crosses all = new Crosses(schema.cardinalities(), crossLimit);
    crosses = all.cardinalities().isEmpty() ? null : addChildBlock("crosses", all);
    List<Integer> cardinalities = new ArrayList<>(schema.cardinalities());
    cardinalities.addAll(all.cardinalities());
    EmbeddedFeatures linear =
        sharded ? EmbeddedFeatures.of(schema, true) : EmbeddedFeatures.dense(cardinalities);
    wide = addChildBlock("wide", new FirstOrder(schema.numeric(), linear, outputs));
    this.features = addChildBlock("features", features);
    deep = addChildBlock("deep", new Perceptron(features.outputs(), hidden, dropout, outputs));
    // Indices of crosses are made within the network: nobody can ask for their rows before the
    // step.
    // The table comes last, so that the other parameters begin as beside tables in one piece.
    crossed =
        sharded && crosses != null
            ? addChildBlock(
                "crossed",
                new CategoryEmbedding(
                    EmbeddedFeatures.dense(all.cardinalities()), outputs, new Initial.Constant(0)))
            : null;
  }

  @Override
  protected NDList compute(ParameterStore store, NDList inputs, boolean training) {
    NDArray c = inputs.get(1);
    if (crosses != null && crossed == null) {
      c = c.concat(crosses.apply(store, c, training), 1);
    }
    NDArray linear = wide.apply(store, inputs.get(0), c, training);
    if (crossed != null) {
      NDArray pairs = crosses.apply(store, c, training);
      linear = linear.add(crossed.apply(store, pairs, training).sum(new int[] {1}));
    }
    NDArray x = features.apply(store, inputs, training);
    return new NDList(linear.add(deep.apply(store, x, training)));
  }

  /** The catalogue's entry {@code wide-deep}. */
  public static final class Family implements ModelFamily {
    @Override
    public String name() {
      return "wide-deep";
    }

    @Override
    public Block build(FeatureSchema schema, int outputs, Map<String, Object> options) {
      Options given = new Options(name(), options);
      Features features = InputOptions.read(schema, given, NumericKind.NONE, 0);
      List<Integer> hidden = given.sizes("hidden", List.of(256, 128));
      double dropout = given.number("dropout", 0.1, 0, 0.95);
      int crossLimit = given.whole("crossLimit", 1000, 0, 10_000_000);
      boolean sharded = InputOptions.sharded(given);
      given.refuseOthers();
      return new WideDeep(schema, sharded, features, outputs, hidden, dropout, crossLimit);
    }

    @Override
    public boolean hasUnits() {
      return false;
    }

    @Override
    public String summary() {
      return "linear model with crossed categories beside a perceptron";
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
