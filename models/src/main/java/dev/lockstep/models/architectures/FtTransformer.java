package dev.lockstep.models.architectures;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.Initial;
import dev.lockstep.models.ModelFamily;
import dev.lockstep.models.Options;
import dev.lockstep.models.TabularBlock;
import dev.lockstep.models.TunedOption;
import dev.lockstep.models.layers.Attention;
import dev.lockstep.models.layers.Dropout;
import dev.lockstep.models.layers.FeatureTokenizer;
import dev.lockstep.models.layers.LayerNormalisation;
import dev.lockstep.models.layers.LinearLayer;
import dev.lockstep.models.layers.ReGlu;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * FT-Transformer (Gorishniy et al., "Revisiting Deep Learning Models for Tabular Data", NeurIPS
 * 2021): a token for each feature and one more, [CLS]; transformer layers with the norms before
 * attention and feed-forward, but for the first, which has none before attention; then LayerNorm,
 * ReLU and Linear of [CLS]. The last layer works out [CLS] alone, since nothing else is used of it.
 */
public final class FtTransformer extends TabularBlock {
  private final FeatureTokenizer tokenizer;
  private final Parameter cls;
  private final List<TransformerLayer> layers = new ArrayList<>();
  private final LayerNormalisation norm;
  private final LinearLayer output;
  private final int width;

  /**
   * Sizes and rates.
   *
   * @param width width of a token
   * @param layers number of layers
   * @param heads heads of attention
   * @param hidden width of the feed-forward layer
   * @param attentionDropout rate of attention's probabilities
   * @param hiddenDropout rate within the feed-forward layer
   * @param residualDropout rate at the end of both
   */
  private record Sizes(
      int width,
      int layers,
      int heads,
      int hidden,
      double attentionDropout,
      double hiddenDropout,
      double residualDropout) {}

  private FtTransformer(FeatureSchema schema, boolean sharded, int outputs, Sizes sizes) {
    width = sizes.width();
    Initial initial = new Initial.Uniform(1 / Math.sqrt(width));
    cls = parameter("cls", Parameter.Type.OTHER, initial, 1, 1, width);
    tokenizer = addUnit("tokenizer", new FeatureTokenizer(schema, sharded, width, initial, true));
    for (int i = 0; i < sizes.layers(); i++) {
      boolean first = i == 0;
      boolean last = i == sizes.layers() - 1;
      layers.add(addUnit("layer", new TransformerLayer(sizes, first, last)));
    }
    norm = addChildBlock("norm", new LayerNormalisation(width));
    output = addChildBlock("output", new LinearLayer(width, outputs));
  }

  @Override
  protected NDList compute(ParameterStore store, NDList inputs, boolean training) {
    NDArray tokens = unit(store, tokenizer, inputs, in -> tokenizer.apply(store, in, training));
    long batch = tokens.getShape().get(0);
    NDArray first = value(store, cls, tokens, training).broadcast(batch, 1, width);
    NDArray x = first.concat(tokens, 1);
    for (TransformerLayer layer : layers) {
      x = unit(store, layer, x, in -> layer.apply(store, in, training));
    }
    NDArray last = norm.apply(store, x.reshape(-1, width), training);
    return new NDList(output.apply(store, Activation.relu(last), training));
  }

  /** Attention and feed-forward, each beside its input. */
  private static final class TransformerLayer extends TabularBlock {
    private final LayerNormalisation attentionNorm;
    private final Attention attention;
    private final LayerNormalisation hiddenNorm;
    private final ReGlu hidden;
    private final double residualDropout;
    private final boolean last;

    TransformerLayer(Sizes sizes, boolean first, boolean last) {
      this.last = last;
      residualDropout = sizes.residualDropout();
      attentionNorm =
          first ? null : addChildBlock("attentionNorm", new LayerNormalisation(sizes.width()));
      attention =
          addChildBlock(
              "attention", new Attention(sizes.width(), sizes.heads(), sizes.attentionDropout()));
      hiddenNorm = addChildBlock("hiddenNorm", new LayerNormalisation(sizes.width()));
      hidden =
          addChildBlock("hidden", new ReGlu(sizes.width(), sizes.hidden(), sizes.hiddenDropout()));
    }

    /** From {@code [batch, tokens, width]} to the same shape, or to [CLS] alone. */
    NDArray apply(ParameterStore store, NDArray x, boolean training) {
      NDArray normed = attentionNorm == null ? x : attentionNorm.apply(store, x, training);
      NDArray asking = last ? normed.get(":, :1") : normed;
      NDArray found = attention.apply(store, asking, normed, training);
      NDArray h = (last ? x.get(":, :1") : x).add(dropped(store, found, training));
      NDArray more = hidden.apply(store, hiddenNorm.apply(store, h, training), training);
      return h.add(dropped(store, more, training));
    }

    private NDArray dropped(ParameterStore store, NDArray x, boolean training) {
      return Dropout.apply(store, x, residualDropout, training);
    }

    @Override
    protected NDList compute(ParameterStore store, NDList inputs, boolean training) {
      return new NDList(apply(store, inputs.singletonOrThrow(), training));
    }
  }

  /**
   * The catalogue's entry {@code ft-transformer}. The paper's default, 3 layers of 192 with a rate
   * of 1e-4, takes most of a minute for an epoch of Adult on one core; 2 layers of 64 with a higher
   * rate take seconds.
   */
  public static final class Family implements ModelFamily {
    @Override
    public String name() {
      return "ft-transformer";
    }

    @Override
    public Block build(FeatureSchema schema, int outputs, Map<String, Object> options) {
      Options given = new Options(name(), options);
      int width = given.whole("width", 64, 1, 4096);
      int layers = given.whole("layers", 2, 1, 100);
      int heads = given.whole("heads", 8, 1, 64);
      double factor = given.number("hiddenFactor", 4.0 / 3, 0.1, 16);
      double attentionDropout = given.number("attentionDropout", 0.2, 0, 0.95);
      double hiddenDropout = given.number("hiddenDropout", 0.1, 0, 0.95);
      double residualDropout = given.number("residualDropout", 0, 0, 0.95);
      boolean sharded = InputOptions.sharded(given);
      given.refuseOthers();
      int hidden = (int) Math.max(1, width * factor);
      return new FtTransformer(
          schema,
          sharded,
          outputs,
          new Sizes(
              width, layers, heads, hidden, attentionDropout, hiddenDropout, residualDropout));
    }

    @Override
    public String summary() {
      return "transformer over one token per feature";
    }

    @Override
    public List<TunedOption> tunedOptions() {
      return List.of(
          TunedOption.oneOf("width", 32, 64, 96),
          TunedOption.oneOf("layers", 1, 2, 3),
          InputOptions.dropout("attentionDropout"),
          InputOptions.dropout("hiddenDropout"));
    }

    @Override
    public Map<String, Object> trainingDefaults() {
      return Map.of(
          "learningRate", 5e-4, "weightDecay", 1e-5, "batch", 256, "patience", 16, "clipNorm", 1.0);
    }
  }
}
