package dev.lockstep.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Multi-layer perceptron: blocks of Linear, ReLU and Dropout, then Linear (as in Gorishniy et al.,
 * "Revisiting Deep Learning Models for Tabular Data", NeurIPS 2021). Categories are embedded.
 * Without hidden layers it is linear or logistic regression.
 */
public final class Mlp extends TabularBlock {
  private final FeatureSchema schema;
  private final CategoryEmbedding categories;
  private final List<LinearLayer> layers = new ArrayList<>();
  private final double dropout;

  Mlp(FeatureSchema schema, int outputs, List<Integer> hidden, double dropout, int embedding) {
    this.schema = schema;
    this.dropout = dropout;
    this.categories =
        new CategoryEmbedding(schema.cardinalities(), embedding, new Initial.Normal(0.1));
    if (schema.categorical() > 0) {
      addChildBlock("categories", categories);
    }
    int width = schema.numeric() + categories.outputs();
    for (int size : hidden) {
      layers.add(addChildBlock("hidden", new LinearLayer(width, size)));
      width = size;
    }
    layers.add(addChildBlock("output", new LinearLayer(width, outputs)));
  }

  @Override
  protected NDList compute(ParameterStore store, NDList inputs, boolean training) {
    NDArray x = inputs.get(0);
    if (schema.categorical() > 0) {
      NDArray embedded =
          categories.forward(store, new NDList(inputs.get(1)), training).singletonOrThrow();
      NDArray flat = embedded.reshape(-1, categories.outputs());
      x = schema.numeric() > 0 ? x.concat(flat, 1) : flat;
    }
    for (LinearLayer layer : layers.subList(0, layers.size() - 1)) {
      x = Activation.relu(layer.forward(store, new NDList(x), training).singletonOrThrow());
      x = Dropout.apply(store, x, dropout, training);
    }
    return layers.get(layers.size() - 1).forward(store, new NDList(x), training);
  }

  /** The catalogue's entry {@code mlp}. */
  public static final class Family implements ModelFamily {
    @Override
    public String name() {
      return "mlp";
    }

    @Override
    public Block build(FeatureSchema schema, int outputs, Map<String, Object> options) {
      Options given = new Options(name(), options);
      List<Integer> hidden = given.sizes("hidden", List.of(256, 256));
      double dropout = given.number("dropout", 0.1, 0, 0.95);
      int embedding = given.whole("embedding", 8, 1, 1024);
      given.refuseOthers();
      return new Mlp(schema, outputs, hidden, dropout, embedding);
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
      new Options(name(), options).refuseOthers();
      return new Mlp(schema, outputs, List.of(), 0, 1);
    }
  }
}
