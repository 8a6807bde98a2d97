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
import dev.lockstep.distributor.optimizer.ParameterGroup;
import dev.lockstep.models.TabularBlock;
import dev.lockstep.models.engine.Autograd;
import dev.lockstep.models.engine.Libtorch;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * All parameters of a network in two flat float32 arrays: what is trained, and its buffers
 * (PyTorch's word: values that are kept and not trained, such as running moments). Their order is
 * that of {@link Block#getParameters()}. The gradient of everything trained is then one contiguous
 * array as well.
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
  private final IdentityHashMap<Parameter, PtNDArray> bufferViews = new IdentityHashMap<>();
  private final PtNDArray values;
  private final PtNDArray bufferValues;
  private final ByteBuffer valuesMemory;
  private final ByteBuffer bufferMemory;
  private final long[] lengths;
  private final Block block;

  /**
   * Copies the parameters of an initialised block.
   *
   * @param block the network; its own arrays are not used afterwards, until {@link #writeBack}
   * @param manager owns the flat arrays
   */
  public FlatParameters(Block block, NDManager manager) {
    this.block = block;
    int trainedSize = 0;
    int bufferSize = 0;
    for (Pair<String, Parameter> entry : block.getParameters()) {
      Parameter parameter = entry.getValue();
      if (trainedIndex.containsKey(parameter) || bufferViews.containsKey(parameter)) {
        continue; // A shared parameter is listed once for each block that uses it.
      }
      if (parameter.getArray().getDataType() != DataType.FLOAT32) {
        throw new IllegalStateException(
            "expected float32 parameters, but " + entry.getKey() + " is " + parameter.getArray());
      }
      int length = Math.toIntExact(parameter.getArray().size());
      if (parameter.requiresGradient()) {
        trainedIndex.put(parameter, trained.size());
        trained.add(new Slot(entry.getKey(), parameter, trainedSize, length));
        trainedSize = Math.addExact(trainedSize, length);
      } else {
        bufferViews.put(parameter, null);
        buffers.add(new Slot(entry.getKey(), parameter, bufferSize, length));
        bufferSize = Math.addExact(bufferSize, length);
      }
    }
    if (trainedSize == 0) {
      throw new IllegalStateException("expected a network with something to train");
    }
    values = (PtNDArray) manager.zeros(new Shape(trainedSize));
    bufferValues = (PtNDArray) manager.zeros(new Shape(Math.max(bufferSize, 1)));
    valuesMemory = Libtorch.memory(values);
    bufferMemory = Libtorch.memory(bufferValues);
    lengths = trained.stream().mapToLong(Slot::length).toArray();
    copy(trained, valuesMemory);
    copy(buffers, bufferMemory);
    for (Slot slot : buffers) {
      ByteBuffer memory =
          bufferMemory.slice(slot.offset() * Float.BYTES, slot.length() * Float.BYTES);
      bufferViews.put(
          slot.parameter(),
          Autograd.over(manager, memory, slot.parameter().getArray().getShape(), DataType.FLOAT32));
    }
  }

  private static void copy(List<Slot> slots, ByteBuffer memory) {
    for (Slot slot : slots) {
      if (slot.length() == 0) {
        continue; // It stands for a table whose rows are sharded.
      }
      memory
          .slice(slot.offset() * Float.BYTES, slot.length() * Float.BYTES)
          .put(slot.parameter().getArray().toByteBuffer());
    }
  }

  /** Places of the trained parameters, in order of their offset. */
  public List<Slot> trained() {
    return List.copyOf(trained);
  }

  /**
   * Runs of trained values that are updated alike: weight decay is for weights, not for biases,
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
    return groups;
  }

  /** Number of trained values. */
  public int size() {
    return (int) values.size();
  }

  /** The trained values: float32, native order, the tensor's own memory. */
  public ByteBuffer values() {
    return valuesMemory.duplicate().order(java.nio.ByteOrder.nativeOrder());
  }

  /** The values of the buffers, likewise; one unused value where there are none. */
  public ByteBuffer buffers() {
    return bufferMemory.duplicate().order(java.nio.ByteOrder.nativeOrder());
  }

  /** Whether no trained value and no buffer is NaN or infinite. */
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

  /** Copies the flat values back into the block's own arrays, for saving. */
  public void writeBack() {
    for (Slot slot : trained) {
      set(slot, valuesMemory);
    }
    for (Slot slot : buffers) {
      set(slot, bufferMemory);
    }
  }

  private static void set(Slot slot, ByteBuffer memory) {
    if (slot.length() == 0) {
      return;
    }
    ByteBuffer part = memory.slice(slot.offset() * Float.BYTES, slot.length() * Float.BYTES);
    Libtorch.memory(slot.parameter().getArray()).put(part);
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
    NDArray view = bufferViews.get(parameter);
    if (view == null) {
      throw new IllegalStateException(
          "expected a parameter of this network: " + parameter.getName());
    }
    return view;
  }

  @Override
  public void close() {
    bufferViews.values().forEach(NDArray::close);
    values.close();
    bufferValues.close();
  }
}
