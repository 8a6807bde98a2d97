package dev.lockstep.distributor.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.pytorch.engine.PtNDArray;
import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.embedding.ShardedEmbeddings;
import dev.lockstep.distributor.rows.Batch;
import dev.lockstep.models.Loss;
import dev.lockstep.models.engine.Autograd;
import dev.lockstep.models.engine.Libtorch;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Forward and backward of a rank: from a batch to the gradient of all parameters, in one array. */
public final class Gradients implements AutoCloseable {
  private static final ByteBuffer NONE = ByteBuffer.allocateDirect(0);

  private final Block block;
  private final FlatParameters parameters;
  private final Loss loss;
  private final Inputs inputs;
  private final Optional<ShardedEmbeddings> embeddings;
  private final Optional<UnitMemory> units;
  private final RankStore store;
  private final NDManager manager;
  private NDManager open;
  private PtNDArray leaf;
  private NDArray[] views;
  private double lossSum;

  /**
   * How wide a batch is.
   *
   * @param numeric number of numeric features
   * @param categorical number of categorical features
   */
  public record Inputs(int numeric, int categorical) {
    /** {@code [rows, numeric]}; zeros for a batch without rows. */
    NDArray numeric(NDManager manager, Batch batch, int rows) {
      Shape shape = new Shape(rows, numeric);
      return batch.rows() == 0 || numeric == 0
          ? manager.zeros(shape)
          : Autograd.over(manager, batch.numeric(), shape, DataType.FLOAT32);
    }

    /** {@code [rows, categorical]}; zeros for a batch without rows. */
    NDArray categorical(NDManager manager, Batch batch, int rows) {
      Shape shape = new Shape(rows, categorical);
      return batch.rows() == 0 || categorical == 0
          ? manager.zeros(shape, DataType.INT32)
          : Autograd.over(manager, batch.categorical(), shape, DataType.INT32);
    }
  }

  /**
   * What a rank needs to differentiate.
   *
   * @param embeddings the network's sharded tables; empty where it has none
   * @param units where parameters are sharded; empty where they are not
   * @param seed seed of the run, for dropout
   * @param manager parent of the arrays of a step
   */
  public Gradients(
      Block block,
      FlatParameters parameters,
      Loss loss,
      Inputs inputs,
      Optional<ShardedEmbeddings> embeddings,
      Optional<UnitMemory> units,
      Collective collective,
      long seed,
      NDManager manager) {
    this.block = block;
    this.parameters = parameters;
    this.loss = loss;
    this.inputs = inputs;
    this.embeddings = embeddings;
    this.units = units;
    this.store = new RankStore(parameters, units, collective, seed);
    this.manager = manager;
  }

  /** Begins a step: gradients are zero. */
  public void begin() {
    close();
    open = manager.newSubManager();
    lossSum = 0;
    Autograd.setRecording(true);
    if (units.isPresent()) {
      views = units.get().begin(open, true);
    } else {
      leaf = parameters.leaf(open);
      Autograd.watch(leaf);
      views = parameters.views(leaf);
    }
  }

  /**
   * Adds the gradient of the weighted sum of a batch's losses.
   *
   * @return the weighted sum of the losses
   * @throws NonFiniteLossException if a loss is NaN or infinite
   */
  public double accumulate(Batch batch) {
    // A rank without rows takes part with one row of zeros that weighs nothing: it must keep in
    // step where a block talks to the other ranks.
    int rows = Math.max(batch.rows(), 1);
    NDArray numeric = inputs.numeric(open, batch, rows);
    NDArray categorical = inputs.categorical(open, batch, rows);
    NDArray labels = column(batch, batch.labels());
    NDArray weights = column(batch, batch.weights());
    store.begin(open, views, batch);
    Optional<PtNDArray> rowsLeaf = embeddings.flatMap(e -> store.lookUp(e, true));
    NDArray logits = store.forward(block, new NDList(numeric, categorical), true);
    NDArray losses = loss.rows(logits, labels);
    NDArray weighted = losses.mul(weights).sum();
    double sum = weighted.getFloat();
    if (!Double.isFinite(sum)) {
      throw new NonFiniteLossException(batch, losses.toFloatArray());
    }
    Autograd.backward(weighted, open.ones(new Shape()));
    store.backwardThroughCuts();
    units.ifPresent(UnitMemory::await);
    embeddings.ifPresent(e -> e.add(rowsLeaf.map(Gradients::gradient).orElse(NONE)));
    lossSum += sum;
    return sum;
  }

  private static ByteBuffer gradient(PtNDArray rowsLeaf) {
    return Libtorch.memory(Autograd.gradient(rowsLeaf));
  }

  private NDArray column(Batch batch, ByteBuffer memory) {
    return batch.rows() == 0
        ? open.zeros(new Shape(1))
        : Autograd.over(open, memory, new Shape(batch.rows()), DataType.FLOAT32);
  }

  /** Weighted sum of the losses since {@link #begin}. */
  public double lossSum() {
    return lossSum;
  }

  /**
   * The sum of the gradients since {@link #begin}: this rank's own, of all parameters, or where
   * these are sharded its part of that over all ranks, who ask for it together. It is the tensor's
   * own memory, until the next.
   */
  public ByteBuffer sum() {
    return units.isPresent()
        ? units.get().gradient(views)
        : Libtorch.memory(Autograd.gradient(leaf));
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
