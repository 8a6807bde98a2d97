package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;

/** Blocks of Linear, ReLU and Dropout, then Linear. */
public final class Perceptron extends Layer {
  private final List<LinearLayer> hidden = new ArrayList<>();
  private final LinearLayer output;
  private final double dropout;

  /**
   * Layers of those widths.
   *
   * @param hidden widths of the hidden layers; may be empty
   */
  public Perceptron(int inputs, List<Integer> hidden, double dropout, int outputs) {
    this.dropout = dropout;
    int width = inputs;
    for (int size : hidden) {
      this.hidden.add(addUnit("hidden", new LinearLayer(width, size)));
      width = size;
    }
    output = addChildBlock("output", new LinearLayer(width, outputs));
  }

  /** From {@code [batch, inputs]} to {@code [batch, outputs]}. */
  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    NDArray h = x;
    for (LinearLayer layer : hidden) {
      h = unit(store, layer, h, in -> hidden(store, layer, in, training));
    }
    return output.apply(store, h, training);
  }

  private NDArray hidden(ParameterStore store, LinearLayer layer, NDArray x, boolean training) {
    NDArray h = Activation.relu(layer.apply(store, x, training));
    return Dropout.apply(store, h, dropout, training);
  }
}
