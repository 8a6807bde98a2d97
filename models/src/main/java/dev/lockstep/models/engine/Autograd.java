package dev.lockstep.models.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;

/**
 * libtorch's automatic differentiation, by thread. DJL's own gradient collector serves one thread
 * of a JVM at a time; a rank is a thread here, so the few calls that we need go to the engine
 * directly.
 */
public final class Autograd {
  private Autograd() {}

  /** Records gradients on this thread from now on, or no longer. */
  public static void setRecording(boolean recording) {
    JniUtils.setGradMode(recording);
  }

  /** Whether gradients are recorded on this thread. */
  public static boolean isRecording() {
    return JniUtils.isGradMode();
  }

  /** A tensor over a direct buffer's memory, from its position: writes are seen both ways. */
  public static PtNDArray over(NDManager manager, ByteBuffer memory, Shape shape, DataType type) {
    return JniUtils.createNdFromByteBuffer(
        (PtNDManager) manager, memory, shape, type, SparseFormat.DENSE, manager.getDevice());
  }

  /** Marks an array as one whose gradient is wanted. */
  public static void watch(NDArray leaf) {
    JniUtils.attachGradient((PtNDArray) leaf, true);
  }

  /** The same values without their history. */
  public static PtNDArray detached(NDArray array) {
    return JniUtils.detachGradient((PtNDArray) array);
  }

  /** Adds the gradients of {@code output}, weighted by {@code seed}, to those of its leaves. */
  public static void backward(NDArray output, NDArray seed) {
    JniUtils.backward((PtNDArray) output, (PtNDArray) seed, false, false);
  }

  /** The gradient that backward left at a leaf. */
  public static PtNDArray gradient(NDArray leaf) {
    return JniUtils.getGradient((PtNDArray) leaf);
  }

  /**
   * Views of an array, one after the other along an axis, of so many values each; gradients flow
   * through.
   */
  public static NDList split(NDArray array, long[] lengths, int axis) {
    return JniUtils.split((PtNDArray) array, lengths, axis);
  }
}
