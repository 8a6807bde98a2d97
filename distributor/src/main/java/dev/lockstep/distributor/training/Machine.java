package dev.lockstep.distributor.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.lockstep.models.engine.NativeMemory;

/**
 * libtorch in this JVM. What is global in it is set to the same value by all ranks; what differs by
 * rank (random numbers, gradients) does not use what is global.
 */
final class Machine {
  private static final int KEPT_BYTES = 1 << 30;

  private Machine() {}

  /** Sets libtorch's threads, and gives a manager for one rank's arrays. */
  static synchronized NDManager open(int threads) {
    Engine engine = Engine.getEngine("PyTorch");
    JniUtils.setNumThreads(threads);
    NativeMemory.keep(KEPT_BYTES);
    return engine.newBaseManager();
  }
}
