package dev.lockstep.distributor.step;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Embedding;
import ai.djl.pytorch.engine.PtNDArray;
import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.embedding.ShardedEmbeddings;
import dev.lockstep.distributor.random.CounterRandom;
import dev.lockstep.distributor.rows.Batch;
import dev.lockstep.models.EmbeddingLayout;
import dev.lockstep.models.EmbeddingLookup;
import dev.lockstep.models.StepStore;
import dev.lockstep.models.engine.Autograd;
import dev.lockstep.models.engine.Libtorch;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What a block sees of a rank's step: views of the flat parameters, random numbers by position,
 * moments of the global batch.
 */
final class RankStore extends StepStore implements EmbeddingLookup {
  private static final long DROPOUT = 0x4452_4F50L;

  private final FlatParameters parameters;
  private final Collective collective;
  private final long seed;
  private final float[] scratch = new float[4096];
  private final Deque<Cut> cuts = new ArrayDeque<>();
  private NDManager manager;
  private NDArray[] views;
  private Batch batch;
  private int layer;

  /** Of each sharded table the rows of the batch's distinct ids, and which of them a place has. */
  private NDList tables;

  private NDArray positions;
  private EmbeddingLayout layout;

  RankStore(FlatParameters parameters, Collective collective, long seed) {
    this.parameters = parameters;
    this.collective = collective;
    this.seed = seed;
  }

  /** Begins a forward pass over views of the parameters that record gradients. */
  void begin(NDManager stepManager, NDArray[] parameterViews, Batch stepBatch) {
    manager = stepManager;
    views = parameterViews;
    batch = stepBatch;
    layer = 0;
    cuts.clear();
  }

  @Override
  public NDArray getValue(Parameter parameter, Device device, boolean training) {
    int index = parameters.indexOf(parameter);
    return index >= 0 ? views[index] : parameters.buffer(parameter);
  }

  @Override
  public NDManager getManager() {
    return manager;
  }

  /**
   * Gets the rows of sharded tables that the batch needs; all ranks call it together.
   *
   * @param training whether their gradients are wanted
   * @return {@code [distinct ids, width]}; empty for a batch without rows
   */
  Optional<PtNDArray> lookUp(ShardedEmbeddings embeddings, boolean training) {
    ByteBuffer rows = embeddings.rows(batch, training);
    layout = embeddings.layout();
    if (batch.rows() == 0) {
      return Optional.empty();
    }
    long distinct = rows.remaining() / Float.BYTES / layout.width();
    Shape shape = new Shape(distinct, layout.width());
    PtNDArray leaf = Autograd.over(manager, rows, shape, DataType.FLOAT32);
    if (training) {
      Autograd.watch(leaf);
    }
    long[] widths = Arrays.stream(layout.widths()).asLongStream().toArray();
    tables = widths.length == 1 ? new NDList(leaf) : Autograd.split(leaf, widths, 1);
    positions =
        Autograd.over(
            manager,
            embeddings.positions(),
            new Shape(batch.rows(), layout.features()),
            DataType.INT32);
    return Optional.of(leaf);
  }

  @Override
  public NDArray embedded(Parameter table, NDArray indices) {
    int part = layout.part(table);
    List<Integer> columns = layout.columns(part);
    if (batch.rows() == 0) {
      // The row of zeros that weighs nothing.
      return manager.zeros(new Shape(1, columns.size(), layout.widths()[part]));
    }
    NDArray own = positions;
    if (columns.size() < layout.features()) {
      long[] chosen = columns.stream().mapToLong(Integer::longValue).toArray();
      own = positions.get(new NDIndex(":, {}", manager.create(chosen)));
    }
    return Embedding.embedding(own, tables.get(part), SparseFormat.DENSE).singletonOrThrow();
  }

  @Override
  public NDArray dropoutMask(Shape shape, double rate) {
    layer++;
    if (batch.rows() == 0) {
      return manager.ones(shape);
    }
    NDArray array = manager.create(shape, DataType.FLOAT32);
    FloatBuffer mask = Libtorch.memory(array).asFloatBuffer();
    int width = (int) (shape.size() / batch.rows());
    int[] rowsOfLane = batch.rowsOfLane();
    for (int i = 0; i < rowsOfLane.length; i++) {
      long key =
          CounterRandom.key(
              DROPOUT, seed, batch.epoch(), batch.step(), batch.firstLane() + i, layer);
      DropoutMask.fill(mask, key, rowsOfLane[i] * width, rate, scratch);
    }
    return array;
  }

  @Override
  public Moments globalMoments(NDArray input) {
    boolean real = batch.rows() > 0;
    int width = (int) input.getShape().get(1);
    NDArray x = Autograd.detached(input);
    double[] rows = {real ? batch.rows() : 0};
    float[] sums = new float[width + 1];
    if (real) {
      System.arraycopy(x.sum(new int[] {0}).toFloatArray(), 0, sums, 0, width);
    }
    sums[width] = (float) rows[0];
    allReduce(sums);
    float total = sums[width];
    float[] mean = new float[width];
    for (int j = 0; j < width; j++) {
      mean[j] = sums[j] / total;
    }
    NDArray meanArray = manager.create(mean);
    float[] squares = new float[width];
    if (real) {
      // Squares of the centred values: the difference of two large sums would lose digits.
      NDArray centred = x.sub(meanArray);
      squares = centred.mul(centred).sum(new int[] {0}).toFloatArray();
    }
    allReduce(squares);
    for (int j = 0; j < width; j++) {
      squares[j] /= total;
    }
    NDArray variance = manager.create(squares);
    if (Autograd.isRecording()) {
      Autograd.watch(x);
      Autograd.watch(meanArray);
      Autograd.watch(variance);
      cuts.push(new Cut(input, x, meanArray, variance, total));
    }
    return new Moments(x, meanArray, variance, (long) total);
  }

  /** The graph is cut where the ranks' batches meet; backward goes on here, across the ranks. */
  private record Cut(NDArray input, NDArray x, NDArray mean, NDArray variance, float rows) {}

  /**
   * Goes on with backward below each normalisation, last first. A moment is a function of every
   * rank's rows, so its gradient is summed over the ranks before it reaches them.
   */
  void backwardThroughCuts() {
    while (!cuts.isEmpty()) {
      Cut cut = cuts.pop();
      float[] means = cut.mean().toFloatArray();
      int width = means.length;
      float[] moments = new float[2 * width];
      System.arraycopy(Autograd.gradient(cut.mean()).toFloatArray(), 0, moments, 0, width);
      System.arraycopy(Autograd.gradient(cut.variance()).toFloatArray(), 0, moments, width, width);
      allReduce(moments);
      PtNDArray direct = Autograd.gradient(cut.x());
      NDArray whole = direct;
      if (batch.rows() > 0) {
        float[] constant = new float[width];
        float[] slope = new float[width];
        for (int j = 0; j < width; j++) {
          slope[j] = 2 * moments[width + j] / cut.rows();
          constant[j] = moments[j] / cut.rows() - slope[j] * means[j];
        }
        NDArray x = Autograd.detached(cut.x());
        whole = direct.add(x.mul(manager.create(slope))).add(manager.create(constant));
      }
      Autograd.backward(cut.input(), whole);
    }
  }

  private void allReduce(float[] values) {
    ByteBuffer memory = Libtorch.memory(manager.create(values));
    collective.allReduce(memory);
    memory.asFloatBuffer().get(values);
  }
}
