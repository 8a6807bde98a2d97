package dev.lockstep.distributor.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;

/**
 * libtorch's automatic differentiation, by rank. DJL's own gradient collector serves one thread of
 * a JVM at a time; a rank is a thread here, so the few calls that we need go to the engine
 * directly.
 */
final class Autograd {
  private Autograd() {}

  /** Runs with gradients recorded (or not) on this thread, and restores what was before. */
  static void setRecording(boolean recording) {
    JniUtils.setGradMode(recording);
  }

  static boolean isRecording() {
    return JniUtils.isGradMode();
  }

  /** A tensor over a direct buffer's memory, from its position: writes are seen both ways. */
  static PtNDArray over(NDManager manager, ByteBuffer memory, Shape shape, DataType type) {
    return JniUtils.createNdFromByteBuffer(
        (PtNDManager) manager, memory, shape, type, SparseFormat.DENSE, manager.getDevice());
  }

  /** Marks an array as one whose gradient is wanted. */
  static void watch(NDArray leaf) {
    JniUtils.attachGradient((PtNDArray) leaf, true);
  }

  /** The same values without their history. */
  static PtNDArray detached(NDArray array) {
    return JniUtils.detachGradient((PtNDArray) array);
  }

  /** Adds the gradients of {@code output}, weighted by {@code seed}, to those of its leaves. */
  static void backward(NDArray output, NDArray seed) {
    JniUtils.backward((PtNDArray) output, (PtNDArray) seed, false, false);
  }

  /** The gradient that backward left at a leaf. */
  static PtNDArray gradient(NDArray leaf) {
    return JniUtils.getGradient((PtNDArray) leaf);
  }
}
