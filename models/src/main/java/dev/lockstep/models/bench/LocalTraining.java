package dev.lockstep.models.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import dev.lockstep.models.Loss;
import dev.lockstep.models.engine.Autograd;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Forward and backward of a network in one process. libtorch is called as the distributed trainer
 * calls it, so that several of these may run in one JVM.
 */
public final class LocalTraining {
  private final Block block;
  private final Loss loss;
  private final List<Parameter> trained = new ArrayList<>();

  /** The last step's views of the parameters: new ones have no gradient that would be added to. */
  private final Map<Parameter, PtNDArray> leaves = new IdentityHashMap<>();

  /** Trains an initialised network on a loss. */
  public LocalTraining(Block block, Loss loss) {
    this.block = block;
    this.loss = loss;
    IdentityHashMap<Parameter, Boolean> seen = new IdentityHashMap<>();
    block
        .getParameters()
        .forEach(
            entry -> {
              Parameter parameter = entry.getValue();
              if (parameter.requiresGradient() && seen.put(parameter, true) == null) {
                trained.add(parameter);
              }
            });
  }

  /** What is trained, in the order of the block. */
  public List<Parameter> trained() {
    return List.copyOf(trained);
  }

  /** Number of values that are trained. */
  public long size() {
    return trained.stream().mapToLong(p -> p.getArray().size()).sum();
  }

  /**
   * The mean loss of a batch; gradients can be asked for as long as its arrays are there.
   *
   * @param manager owns the step's arrays
   * @param inputs the network's two inputs
   * @param labels {@code [batch]} float32
   * @param seed decides the dropout masks
   */
  public float backward(NDManager manager, NDList inputs, NDArray labels, long seed) {
    boolean before = Autograd.isRecording();
    Autograd.setRecording(true);
    try {
      for (Parameter parameter : trained) {
        PtNDArray leaf = Autograd.detached(parameter.getArray());
        leaf.attach(manager);
        Autograd.watch(leaf);
        leaves.put(parameter, leaf);
      }
      LocalStore store = new LocalStore(manager, seed, leaves);
      NDArray logits = block.forward(store, inputs, true).singletonOrThrow();
      NDArray mean = loss.rows(logits, labels).mean();
      Autograd.backward(mean, manager.ones(new Shape()));
      return mean.getFloat();
    } finally {
      Autograd.setRecording(before);
    }
  }

  /** A parameter's gradient in the last {@link #backward}; the caller closes it. */
  public NDArray gradient(Parameter parameter) {
    return Autograd.gradient(leaves.get(parameter));
  }

  /** Logits without gradients. */
  public NDArray logits(NDManager manager, NDList inputs) {
    boolean before = Autograd.isRecording();
    Autograd.setRecording(false);
    try {
      return block.forward(new LocalStore(manager, 0), inputs, false).singletonOrThrow();
    } finally {
      Autograd.setRecording(before);
    }
  }
}
