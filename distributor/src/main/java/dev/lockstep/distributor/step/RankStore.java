package dev.lockstep.distributor.step;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Embedding;
import ai.djl.pytorch.engine.PtNDArray;
import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.embedding.ShardedEmbeddings;
import dev.lockstep.distributor.random.CounterRandom;
import dev.lockstep.distributor.rows.Batch;
import dev.lockstep.distributor.step.Units.Unit;
import dev.lockstep.models.EmbeddingLayout;
import dev.lockstep.models.EmbeddingLookup;
import dev.lockstep.models.StepStore;
import dev.lockstep.models.UnitStore;
import dev.lockstep.models.engine.Autograd;
import dev.lockstep.models.engine.Libtorch;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a block sees of a rank's step: views of the flat parameters, random numbers by position,
 * moments of the global batch.
 */
final class RankStore extends StepStore implements EmbeddingLookup, UnitStore {
  private static final long DROPOUT = 0x4452_4F50L;

  private final FlatParameters parameters;
  private final Collective collective;
  private final long seed;
  private final float[] scratch = new float[4096];
  private final Optional<UnitMemory> units;
  private final Deque<Cut> cuts = new ArrayDeque<>();
  private NDManager manager;
  private NDArray[] views;
  private Batch batch;
  private int layer;

  /**
   * Whether anything that is trained was used since the pass began; before, nothing has history.
   */
  private boolean used;

  /** Of each sharded table the rows of the batch's distinct ids, and which of them a place has. */
  private NDList tables;

  private NDArray positions;
  private EmbeddingLayout layout;

  /** Moments that a unit's forward works out; null outside of one. */
  private List<KnownMoments> noted;

  /** Those that it takes when it is run again; null when it is not. */
  private Iterator<KnownMoments> known;

  RankStore(
      FlatParameters parameters, Optional<UnitMemory> units, Collective collective, long seed) {
    this.units = units;
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
    used = false;
    cuts.clear();
  }

  @Override
  public NDArray getValue(Parameter parameter, Device device, boolean training) {
    int index = parameters.indexOf(parameter);
    if (index >= 0) {
      used = true;
      NDArray value = views[index];
      if (value == null) {
        throw new IllegalStateException(
            "expected %s to be used within its unit alone".formatted(parameter.getName()));
      }
      return value;
    }
    NDArray buffer = parameters.buffer(parameter);
    if (known == null) {
      return buffer;
    }
    NDArray copy = buffer.duplicate(); // Forward has changed it already.
    copy.attach(manager);
    return copy;
  }

  /** The network's output; the children of a sequence of DJL's are units by themselves. */
  NDArray forward(Block network, NDList inputs, boolean training) {
    if (units.isEmpty() || !(network instanceof SequentialBlock)) {
      return network.forward(this, inputs, training).singletonOrThrow();
    }
    NDList current = inputs;
    boolean flows = false;
    for (Block child : network.getChildren().values()) {
      if (units.get().units().of(child).isEmpty()) {
        current = child.forward(this, current, training);
      } else {
        current =
            new NDList(
                unit(
                    child,
                    current,
                    flows,
                    x -> child.forward(this, x, training).singletonOrThrow()));
        flows = true;
      }
    }
    return current.singletonOrThrow();
  }

  @Override
  public NDArray unit(
      Block block, NDList inputs, boolean flows, Function<NDList, NDArray> forward) {
    Optional<Unit> sharded = units.flatMap(u -> u.units().of(block));
    if (sharded.isEmpty()) {
      return forward.apply(inputs);
    }
    UnitCut cut = new UnitCut(sharded.get(), inputs, flows && used, forward, layer);
    noted = cut.moments;
    try {
      // With a history, though it is dropped: without one, libtorch may multiply in another way.
      cut.output = within(cut, 1, own -> Autograd.detached(forward.apply(own)));
    } finally {
      noted = null;
    }
    if (Autograd.isRecording()) {
      Autograd.watch(cut.output);
      cuts.push(cut);
    }
    return cut.output;
  }

  /**
   * Computes with a unit's parameters and inputs that have no history; arrays that it makes go when
   * it is done, but for the result.
   */
  private NDArray within(UnitCut cut, int next, Function<NDList, NDArray> computation) {
    Unit unit = cut.unit;
    boolean watched = Autograd.isRecording();
    NDManager outer = manager;
    units.orElseThrow().gather(unit, next);
    try (NDManager inner = outer.newSubManager()) {
      manager = inner;
      units.get().show(unit, inner, views, watched);
      NDList own = new NDList();
      for (NDArray input : cut.inputs) {
        NDArray copy = Autograd.detached(input);
        copy.attach(inner);
        if (watched && cut.flows) {
          Autograd.watch(copy);
        }
        own.add(copy);
      }
      NDArray result = computation.apply(own);
      if (result != null) {
        result.attach(outer);
      }
      return result;
    } finally {
      manager = outer;
      Arrays.fill(views, unit.firstSlot(), unit.firstSlot() + unit.slots().size(), null);
    }
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
    used = true;
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
    NDArray x = Autograd.detached(input);
    KnownMoments moments = known == null ? moments(x) : known.next();
    if (noted != null) {
      noted.add(moments);
    }
    NDArray mean = manager.create(moments.mean());
    NDArray variance = manager.create(moments.variance());
    if (Autograd.isRecording()) {
      Autograd.watch(x);
      Autograd.watch(mean);
      Autograd.watch(variance);
      if (noted == null) { // Backward comes here when the unit is run again.
        cuts.push(new MomentsCut(input, x, mean, variance, moments.rows()));
      }
    }
    return new Moments(x, mean, variance, (long) moments.rows());
  }

  /** Moments of the global batch as numbers. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record KnownMoments(float[] mean, float[] variance, float rows) {}

  private KnownMoments moments(NDArray x) {
    boolean real = batch.rows() > 0;
    int width = (int) x.getShape().get(1);
    float[] sums = new float[width + 1];
    if (real) {
      System.arraycopy(x.sum(new int[] {0}).toFloatArray(), 0, sums, 0, width);
    }
    sums[width] = batch.rows();
    allReduce(sums);
    float total = sums[width];
    float[] mean = new float[width];
    for (int j = 0; j < width; j++) {
      mean[j] = sums[j] / total;
    }
    float[] squares = new float[width];
    if (real) {
      // Squares of the centred values: the difference of two large sums would lose digits.
      NDArray centred = x.sub(manager.create(mean));
      squares = centred.mul(centred).sum(new int[] {0}).toFloatArray();
    }
    allReduce(squares);
    for (int j = 0; j < width; j++) {
      squares[j] /= total;
    }
    return new KnownMoments(mean, squares, total);
  }

  /** Where the graph of a forward pass is cut; backward goes on below it. */
  private interface Cut {
    void backward();
  }

  /** Goes on with backward below each cut, last first. */
  void backwardThroughCuts() {
    backwardThroughCuts(0);
  }

  private void backwardThroughCuts(int until) {
    while (cuts.size() > until) {
      cuts.pop().backward();
    }
  }

  /**
   * A cut where the ranks' batches meet. A moment is a function of every rank's rows, so its
   * gradient is summed over the ranks before it reaches them.
   */
  private final class MomentsCut implements Cut {
    private final NDArray input;
    private final NDArray x;
    private final NDArray mean;
    private final NDArray variance;
    private final float rows;

    MomentsCut(NDArray input, NDArray x, NDArray mean, NDArray variance, float rows) {
      this.input = input;
      this.x = x;
      this.mean = mean;
      this.variance = variance;
      this.rows = rows;
    }

    @Override
    public void backward() {
      float[] means = mean.toFloatArray();
      int width = means.length;
      float[] moments = new float[2 * width];
      System.arraycopy(Autograd.gradient(mean).toFloatArray(), 0, moments, 0, width);
      System.arraycopy(Autograd.gradient(variance).toFloatArray(), 0, moments, width, width);
      allReduce(moments);
      PtNDArray direct = Autograd.gradient(x);
      NDArray whole = direct;
      if (batch.rows() > 0) {
        float[] constant = new float[width];
        float[] slope = new float[width];
        for (int j = 0; j < width; j++) {
          slope[j] = 2 * moments[width + j] / rows;
          constant[j] = moments[j] / rows - slope[j] * means[j];
        }
        NDArray values = Autograd.detached(x);
        whole = direct.add(values.mul(manager.create(slope))).add(manager.create(constant));
      }
      Autograd.backward(input, whole);
    }
  }

  /**
   * A cut around a unit, of which forward has kept the input alone. Backward runs it once more: the
   * same numbers, for what it draws depends on places alone and moments are those of before.
   */
  private final class UnitCut implements Cut {
    private final Unit unit;
    private final NDList inputs;
    private final boolean flows;
    private final Function<NDList, NDArray> forward;
    private final int firstLayer;
    private final List<KnownMoments> moments = new ArrayList<>();
    private NDArray output;

    UnitCut(
        Unit unit,
        NDList inputs,
        boolean flows,
        Function<NDList, NDArray> forward,
        int firstLayer) {
      this.unit = unit;
      this.inputs = inputs;
      this.flows = flows;
      this.forward = forward;
      this.firstLayer = firstLayer;
    }

    @Override
    public void backward() {
      NDArray found = Autograd.gradient(output);
      NDArray gradient = found == null ? manager.zeros(output.getShape()) : found;
      layer = firstLayer;
      known = moments.iterator();
      NDArray ofInput = within(this, -1, own -> again(own, gradient));
      output.close();
      gradient.close();
      if (flows) {
        Autograd.backward(inputs.singletonOrThrow(), ofInput);
        ofInput.close();
      }
    }

    private NDArray again(NDList own, NDArray gradient) {
      int below = cuts.size();
      NDArray result = forward.apply(own);
      known = null;
      Autograd.backward(result, gradient);
      backwardThroughCuts(below);
      units.orElseThrow().take(unit, views);
      return flows ? Autograd.gradient(own.singletonOrThrow()) : null;
    }
  }

  private void allReduce(float[] values) {
    units.ifPresent(UnitMemory::await);
    ByteBuffer memory = Libtorch.memory(manager.create(values));
    collective.allReduce(memory);
    memory.asFloatBuffer().get(values);
  }
}
