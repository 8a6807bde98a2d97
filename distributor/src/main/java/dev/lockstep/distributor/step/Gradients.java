package dev.lockstep.distributor.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.pytorch.engine.PtNDArray;
import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.columns.Batch;
import java.nio.ByteBuffer;

/** Forward and backward of a rank: from a batch to the gradient of all parameters, in one array. */
public final class Gradients implements AutoCloseable {
  private final Block block;
  private final FlatParameters parameters;
  private final RowLoss loss;
  private final Inputs inputs;
  private final RankStore store;
  private final NDManager manager;
  private NDManager open;
  private PtNDArray leaf;
  private NDArray[] views;
  private double lossSum;

  /** A loss by row. */
  @FunctionalInterface
  public interface RowLoss {
    /**
     * The loss of each row.
     *
     * @param logits {@code [batch, outputs]} or {@code [batch, members, outputs]}
     * @param labels {@code [batch]} float32
     * @return {@code [batch]}
     */
    NDArray rows(NDArray logits, NDArray labels);
  }

  /**
   * How wide a batch is.
   *
   * @param numeric number of numeric features
   * @param categorical number of categorical features
   */
  public record Inputs(int numeric, int categorical) {}

  /**
   * What a rank needs to differentiate.
   *
   * @param seed seed of the run, for dropout
   * @param manager parent of the arrays of a step
   */
  public Gradients(
      Block block,
      FlatParameters parameters,
      RowLoss loss,
      Inputs inputs,
      Collective collective,
      long seed,
      NDManager manager) {
    this.block = block;
    this.parameters = parameters;
    this.loss = loss;
    this.inputs = inputs;
    this.store = new RankStore(parameters, collective, seed);
    this.manager = manager;
  }

  /** Begins a step: gradients are zero. */
  public void begin() {
    close();
    open = manager.newSubManager();
    lossSum = 0;
    Autograd.setRecording(true);
    leaf = parameters.leaf(open);
    Autograd.watch(leaf);
    views = parameters.views(leaf);
  }

  /**
   * Adds the gradient of the weighted sum of a batch's losses.
   *
   * @return the weighted sum of the losses; not finite if a loss was not
   */
  public double add(Batch batch) {
    // A rank without rows takes part with one row of zeros that weighs nothing: it must keep in
    // step
    // where a block talks to the other ranks.
    boolean real = batch.rows() > 0;
    int rows = Math.max(batch.rows(), 1);
    NDArray numeric = array(batch.numeric(), new Shape(rows, inputs.numeric()), DataType.FLOAT32);
    NDArray categorical =
        array(batch.categorical(), new Shape(rows, inputs.categorical()), DataType.INT32);
    NDArray labels = real ? array(batch.labels(), new Shape(rows), DataType.FLOAT32) : zero(rows);
    NDArray weights = real ? array(batch.weights(), new Shape(rows), DataType.FLOAT32) : zero(rows);
    if (!real) {
      numeric = open.zeros(new Shape(rows, inputs.numeric()));
      categorical = open.zeros(new Shape(rows, inputs.categorical()), DataType.INT32);
    }
    store.begin(open, views, batch);
    NDArray logits =
        block.forward(store, new NDList(numeric, categorical), true).singletonOrThrow();
    NDArray losses = loss.rows(logits, labels);
    NDArray weighted = losses.mul(weights).sum();
    double sum = weighted.getFloat();
    if (Double.isFinite(sum)) {
      Autograd.backward(weighted, open.ones(new Shape()));
      store.backwardThroughCuts();
    }
    lossSum += sum;
    return sum;
  }

  private NDArray zero(int rows) {
    return open.zeros(new Shape(rows));
  }

  private NDArray array(ByteBuffer memory, Shape shape, DataType type) {
    return shape.size() == 0 ? open.create(shape, type) : Autograd.over(open, memory, shape, type);
  }

  /** Weighted sum of the losses since {@link #begin}. */
  public double lossSum() {
    return lossSum;
  }

  /** The sum of the gradients since {@link #begin}; the tensor's own memory, until the next. */
  public ByteBuffer sum() {
    return Autograd.memory(Autograd.gradient(leaf));
  }

  /** Frees the arrays of the step. */
  @Override
  public void close() {
    if (open != null) {
      open.close();
      open = null;
    }
  }
}
