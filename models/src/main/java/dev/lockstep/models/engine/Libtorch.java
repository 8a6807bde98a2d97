package dev.lockstep.models.engine;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** libtorch in this JVM; what is global in it is set here and nowhere else. */
public final class Libtorch {
  private static final int KEPT_BYTES = 1 << 30;

  /** Made ready on first use; the class loader sees to it that this is once. */
  private static final class Loaded {
    static final Engine ENGINE = Engine.getEngine("PyTorch");

    static {
      NativeMemory.keep(KEPT_BYTES);
    }

    private Loaded() {}

    /** As a method of this class it finds libtorch loaded. */
    static void setThreads(int threads) {
      JniUtils.setNumThreads(threads);
    }
  }

  private Libtorch() {}

  /**
   * The memory of a contiguous array on the CPU, in native byte order. To write there is how values
   * are set: DJL's own way does so with a part of libtorch that is deprecated and says so on
   * standard error.
   */
  public static ByteBuffer memory(NDArray array) {
    return ((PtNDArray) array).toByteBuffer(true).order(ByteOrder.nativeOrder());
  }

  /** A manager for arrays, which frees them when it is closed. */
  public static NDManager manager() {
    return Loaded.ENGINE.newBaseManager();
  }

  /**
   * A manager for arrays, and so many threads for an operator, in the whole JVM.
   *
   * @param threads at least 1
   */
  public static NDManager manager(int threads) {
    NDManager manager = manager();
    setThreads(threads);
    return manager;
  }

  /**
   * Has libtorch compute with so many threads for an operator that this thread calls.
   *
   * @param threads at least 1
   */
  public static void setThreads(int threads) {
    Loaded.setThreads(threads);
  }
}
