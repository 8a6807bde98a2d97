package dev.lockstep.distributor.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import dev.lockstep.distributor.embedding.ShardedEmbeddings;
import dev.lockstep.distributor.rows.Batch;
import dev.lockstep.models.Loss;
import dev.lockstep.models.engine.Autograd;
import java.nio.FloatBuffer;
import java.util.Optional;

/** Forward without gradients, with the current values of the flat parameters. */
public final class Inference {
  private final Block block;
  private final FlatParameters parameters;
  private final Loss loss;
  private final Gradients.Inputs inputs;
  private final Optional<ShardedEmbeddings> embeddings;
  private final Optional<UnitMemory> units;
  private final RankStore store;
  private final NDManager manager;

  /** What a rank needs to score rows. */
  public Inference(
      Block block,
      FlatParameters parameters,
      Loss loss,
      Gradients.Inputs inputs,
      Optional<ShardedEmbeddings> embeddings,
      Optional<UnitMemory> units,
      NDManager manager) {
    this.block = block;
    this.parameters = parameters;
    this.loss = loss;
    this.inputs = inputs;
    this.embeddings = embeddings;
    this.units = units;
    this.store = new RankStore(parameters, units, null, 0);
    this.manager = manager;
  }

  /** What became of the rows of a batch. */
  public static final class RowScores {
    private final float[] losses;
    private final FloatBuffer weights;
    private final boolean[] right;

    RowScores(float[] losses, FloatBuffer weights, boolean[] right) {
      this.losses = losses;
      this.weights = weights;
      this.right = right;
    }

    /** The loss of a row. */
    public float loss(int row) {
      return losses[row];
    }

    /** The weight of a row. */
    public float weight(int row) {
      return weights.get(row);
    }

    /** Whether the most likely class is the label; false for regression. */
    public boolean right(int row) {
      return right[row];
    }
  }

  /**
   * Whether all ranks have to score as many batches, with and without rows: each has a part of the
   * network's embeddings or other parameters.
   */
  public boolean isShared() {
    return embeddings.isPresent() || units.isPresent();
  }

  /**
   * Scores the rows of a batch.
   *
   * @param classes whether the outputs are classes
   */
  public RowScores score(Batch batch, boolean classes) {
    boolean recording = Autograd.isRecording();
    Autograd.setRecording(false);
    try (NDManager open = manager.newSubManager()) {
      store.begin(open, values(open), batch);
      embeddings.ifPresent(e -> store.lookUp(e, false));
      if (batch.rows() == 0) {
        if (units.isPresent()) { // The other ranks need this one's parts of each unit.
          logits(open, batch);
        }
        return new RowScores(new float[0], batch.weights().asFloatBuffer(), new boolean[0]);
      }
      int rows = batch.rows();
      NDArray labels = Autograd.over(open, batch.labels(), new Shape(rows), DataType.FLOAT32);
      NDArray logits = logits(open, batch);
      float[] losses = loss.rows(logits, labels).toFloatArray();
      boolean[] right = classes ? right(logits, batch.labels().asFloatBuffer()) : new boolean[rows];
      return new RowScores(losses, batch.weights().asFloatBuffer(), right);
    } finally {
      Autograd.setRecording(recording);
    }
  }

  private NDArray[] values(NDManager open) {
    return units.isPresent()
        ? units.get().begin(open, false)
        : parameters.views(parameters.leaf(open));
  }

  private NDArray logits(NDManager open, Batch batch) {
    int rows = Math.max(batch.rows(), 1);
    NDArray numeric = inputs.numeric(open, batch, rows);
    NDArray categorical = inputs.categorical(open, batch, rows);
    NDArray logits = store.forward(block, new NDList(numeric, categorical), false);
    units.ifPresent(UnitMemory::await);
    return logits;
  }

  private static boolean[] right(NDArray logits, FloatBuffer labels) {
    // An ensemble in one network is scored by the mean of its members' logits.
    NDArray mean = logits.getShape().dimension() == 3 ? logits.mean(new int[] {1}) : logits;
    int outputs = (int) mean.getShape().get(1);
    float[] values = mean.toFloatArray();
    boolean[] right = new boolean[values.length / outputs];
    for (int row = 0; row < right.length; row++) {
      int best = outputs == 1 ? (values[row] > 0 ? 1 : 0) : 0;
      for (int k = 1; k < outputs; k++) {
        best = values[row * outputs + k] > values[row * outputs + best] ? k : best;
      }
      right[row] = best == (int) labels.get(row);
    }
    return right;
  }
}
