package dev.lockstep.distributor.checkpoint;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A run at the end of a step.
 *
 * @param step number of steps taken
 * @param header what is not an array, as JSON text
 * @param arrays float32 arrays by name, in native byte order
 */
public record Checkpoint(long step, String header, Map<String, ByteBuffer> arrays) {
  /** Keeps the order of the arrays. */
  public Checkpoint {
    arrays = new LinkedHashMap<>(arrays);
  }

  /** An array that must be there, with its length in floats. */
  public ByteBuffer array(String name, int length) {
    ByteBuffer array = arrays.get(name);
    if (array == null || array.remaining() != length * Float.BYTES) {
      throw new IllegalStateException(
          "expected a checkpoint with %d values of '%s', got %s".formatted(length, name, array));
    }
    return array.duplicate().order(java.nio.ByteOrder.nativeOrder());
  }
}
