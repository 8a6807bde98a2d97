package dev.lockstep.distributor.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.util.Pair;
import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.collective.Shard;
import dev.lockstep.distributor.optimizer.ParameterGroup;
import dev.lockstep.models.TabularBlock;
import dev.lockstep.models.engine.Autograd;
import dev.lockstep.models.engine.Libtorch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * The parameters of a network in two flat float32 arrays: what is trained, or this rank's part of
 * it, and its buffers (PyTorch's word: values that are kept and not trained, such as running
 * moments). Their order is that of {@link Block#getParameters()}. Where a rank holds all that is
 * trained, its gradient is one contiguous array as well.
 */
public final class FlatParameters implements AutoCloseable {
  /**
   * A parameter's place in its flat array.
   *
   * @param name the parameter's path in the block
   * @param parameter the parameter
   * @param offset index of its first value
   * @param length number of values
   */
  public record Slot(String name, Parameter parameter, int offset, int length) {}

  private final List<Slot> trained = new ArrayList<>();
  private final List<Slot> buffers = new ArrayList<>();
  private final IdentityHashMap<Parameter, Integer> trainedIndex = new IdentityHashMap<>();
  private final IdentityHashMap<Parameter, Integer> bufferIndex = new IdentityHashMap<>();
  private final List<PtNDArray> bufferViews = new ArrayList<>();
  private final int size;
  private final Optional<Units> units;
  private final Pieces pieces;
  private final PtNDArray values;
  private final PtNDArray bufferValues;
  private final ByteBuffer valuesMemory;
  private final ByteBuffer bufferMemory;
  private final long[] lengths;
  private final Block block;

  /**
   * The parameters of a network, all of them 0.
   *
   * @param block the network, whose parameters have their shapes; their own arrays are not used
   * @param manager owns the flat arrays
   */
  public static FlatParameters whole(Block block, NDManager manager) {
    return new FlatParameters(block, manager, 0, 0);
  }

  /**
   * A rank's part of the parameters of a network, all of them 0.
   *
   * @param block the network, whose parameters have their shapes; their own arrays are not used
   * @param manager owns the flat arrays
   */
  public static FlatParameters sharded(Block block, NDManager manager, int rank, int worldSize) {
    return new FlatParameters(block, manager, rank, worldSize);
  }

  private FlatParameters(Block block, NDManager manager, int rank, int worldSize) {
    this.block = block;
    long trainedSize = 0;
    long bufferSize = 0;
    for (Pair<String, Parameter> entry : block.getParameters()) {
      Parameter parameter = entry.getValue();
      if (trainedIndex.containsKey(parameter) || bufferIndex.containsKey(parameter)) {
        continue; // A shared parameter is listed once for each block that uses it.
      }
      if (parameter.getArray().getDataType() != DataType.FLOAT32) {
        throw new IllegalStateException(
            "expected float32 parameters, but " + entry.getKey() + " is " + parameter.getArray());
      }
      int length = Math.toIntExact(parameter.getArray().size());
      if (parameter.requiresGradient()) {
        trainedIndex.put(parameter, trained.size());
        trained.add(new Slot(entry.getKey(), parameter, place(trainedSize), length));
        trainedSize += length;
      } else {
        bufferIndex.put(parameter, buffers.size());
        buffers.add(new Slot(entry.getKey(), parameter, place(bufferSize), length));
        bufferSize += length;
      }
    }
    if (trainedSize == 0) {
      throw new IllegalStateException("expected a network with something to train");
    }
    size = place(trainedSize);
    units =
        worldSize == 0 ? Optional.empty() : Optional.of(new Units(block, trained, rank, worldSize));
    pieces = units.map(Units::pieces).orElseGet(() -> Pieces.of(new Shard(0, size)));
    requireRoom(pieces.length(), "of all parameters");
    requireRoom(bufferSize, "of buffers");
    values = (PtNDArray) manager.zeros(new Shape(Math.max(pieces.length(), 1)));
    bufferValues = (PtNDArray) manager.zeros(new Shape(Math.max(bufferSize, 1)));
    valuesMemory = Libtorch.memory(values).limit(pieces.length() * Float.BYTES);
    bufferMemory = Libtorch.memory(bufferValues);
    lengths = trained.stream().mapToLong(Slot::length).toArray();
    for (Slot slot : buffers) {
      ByteBuffer memory =
          bufferMemory.slice(slot.offset() * Float.BYTES, slot.length() * Float.BYTES);
      bufferViews.add(
          Autograd.over(manager, memory, slot.parameter().getArray().getShape(), DataType.FLOAT32));
    }
  }

  private static int place(long values) {
    if (values > Integer.MAX_VALUE) {
      throw new LockstepException(
          "the network has more than %,d parameters".formatted(Integer.MAX_VALUE),
          "Take a smaller network, or 'embeddings: sharded' if most of them are embeddings");
    }
    return (int) values;
  }

  /**
   * Refuses an array that no buffer can be over.
   *
   * @throws LockstepException if there are too many values
   */
  static void requireRoom(long values, String which) {
    if (values > Integer.MAX_VALUE / Float.BYTES) {
      throw new LockstepException(
          "a rank would hold %,d values %s, and at most %,d fit"
              .formatted(values, which, Integer.MAX_VALUE / Float.BYTES),
          "Say 'sharding: full' in 'training' and take more ranks, without 'accumulate', or take a"
              + " smaller network");
    }
  }

  /** Gives a parameter its values, as far as this rank holds them. */
  public void set(Parameter parameter, float[] given) {
    FloatBuffer from = FloatBuffer.wrap(given);
    Integer index = trainedIndex.get(parameter);
    if (index != null) {
      Slot slot = trained.get(index);
      Shard run = new Shard(slot.offset(), slot.offset() + slot.length());
      Pieces.of(run).copy(from, pieces, values().asFloatBuffer());
    } else {
      buffer(buffers.get(bufferIndex.get(parameter))).put(from);
    }
  }

  private FloatBuffer buffer(Slot slot) {
    return bufferMemory
        .slice(slot.offset() * Float.BYTES, slot.length() * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** The values of a buffer, or of a trained parameter where this rank holds all of them. */
  FloatBuffer values(Parameter parameter) {
    Integer index = trainedIndex.get(parameter);
    if (index == null) {
      return buffer(buffers.get(bufferIndex.get(parameter)));
    }
    Slot slot = trained.get(index);
    return values().asFloatBuffer().slice(slot.offset(), slot.length());
  }

  /** Places of the trained parameters, in order of their offset. */
  public List<Slot> trained() {
    return List.copyOf(trained);
  }

  /**
   * Runs of this rank's values that are updated alike: weight decay is for weights, not for biases,
   * norms and embeddings.
   */
  public List<ParameterGroup> groups(double weightDecay) {
    List<ParameterGroup> groups = new ArrayList<>();
    for (Slot slot : trained) {
      double decay = slot.parameter().getType() == Parameter.Type.WEIGHT ? weightDecay : 0;
      double factor =
          TabularBlock.treatment(block, slot.parameter())
              .map(TabularBlock.Treatment::rateFactor)
              .orElse(1.0);
      int end = slot.offset() + slot.length();
      ParameterGroup last = groups.isEmpty() ? null : groups.get(groups.size() - 1);
      if (last != null && last.weightDecay() == decay && last.rateFactor() == factor) {
        groups.set(groups.size() - 1, new ParameterGroup(last.from(), end, decay, factor));
      } else {
        groups.add(new ParameterGroup(slot.offset(), end, decay, factor));
      }
    }
    return units.map(u -> u.held(groups)).orElse(groups);
  }

  /** Number of trained values, over all ranks. */
  public int size() {
    return size;
  }

  /** Places of the values that this rank holds among all trained values. */
  public Pieces pieces() {
    return pieces;
  }

  /** How the values are sharded; empty where every rank holds all of them. */
  Optional<Units> units() {
    return units;
  }

  /** The trained values that this rank holds: float32, native order, the tensor's own memory. */
  public ByteBuffer values() {
    return valuesMemory.duplicate().order(ByteOrder.nativeOrder());
  }

  /** The values of the buffers, likewise; one unused value where there are none. */
  public ByteBuffer buffers() {
    return bufferMemory.duplicate().order(ByteOrder.nativeOrder());
  }

  /** Whether no buffer and no trained value that this rank holds is NaN or infinite. */
  public boolean isFinite() {
    return isFinite(values()) && isFinite(buffers());
  }

  private static boolean isFinite(ByteBuffer memory) {
    FloatBuffer floats = memory.asFloatBuffer();
    float[] block = new float[4096];
    while (floats.hasRemaining()) {
      int length = Math.min(block.length, floats.remaining());
      floats.get(block, 0, length);
      for (int i = 0; i < length; i++) {
        if (!Float.isFinite(block[i])) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * A fresh leaf over the trained values. It has no gradient yet, so backward hands its result over
   * instead of adding it to zeros.
   */
  PtNDArray leaf(NDManager manager) {
    return Autograd.over(manager, valuesMemory, values.getShape(), DataType.FLOAT32);
  }

  /** Views of a leaf, one a trained parameter, in the parameters' own shapes. */
  NDArray[] views(PtNDArray leaf) {
    NDList parts = Autograd.split(leaf, lengths, 0);
    NDArray[] views = new NDArray[parts.size()];
    for (int i = 0; i < views.length; i++) {
      Shape shape = trained.get(i).parameter().getArray().getShape();
      views[i] = shape.dimension() == 1 ? parts.get(i) : parts.get(i).reshape(shape);
    }
    return views;
  }

  /** Index of a trained parameter among the views, or -1. */
  int indexOf(Parameter parameter) {
    return trainedIndex.getOrDefault(parameter, -1);
  }

  /** The array of a buffer; in-place changes stay. */
  NDArray buffer(Parameter parameter) {
    Integer index = bufferIndex.get(parameter);
    if (index == null) {
      throw new IllegalStateException(
          "expected a parameter of this network: " + parameter.getName());
    }
    return bufferViews.get(index);
  }

  @Override
  public void close() {
    bufferViews.forEach(NDArray::close);
    values.close();
    bufferValues.close();
  }
}
