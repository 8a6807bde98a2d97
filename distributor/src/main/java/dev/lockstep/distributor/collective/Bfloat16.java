package dev.lockstep.distributor.collective;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;

/** Float32 values to bfloat16 and back, in blocks: loops over arrays become vector code. */
final class Bfloat16 {
  private static final int BLOCK = 2048;
  private static final int INFINITY = 0x7F80_0000;
  private static final int NAN = 0x7FC0;

  private final int[] wide = new int[BLOCK];
  private final short[] narrow = new short[BLOCK];
  private final float[] floats = new float[BLOCK];
  private ByteBuffer packed = ByteBuffer.allocateDirect(0);

  /** The memory for so many values; it stays the same until more are asked for. */
  ByteBuffer memory(int values) {
    if (packed.capacity() < values * Short.BYTES) {
      packed = ByteBuffer.allocateDirect(values * Short.BYTES).order(ByteOrder.nativeOrder());
    }
    return packed.clear().limit(values * Short.BYTES);
  }

  /** Rounds the values of a shard into the same places of the memory. */
  void pack(ByteBuffer values, Shard shard) {
    IntBuffer source = values.duplicate().order(ByteOrder.nativeOrder()).asIntBuffer();
    ShortBuffer target = packed.asShortBuffer();
    for (int at = shard.from(); at < shard.to(); at += BLOCK) {
      int count = Math.min(BLOCK, shard.to() - at);
      source.get(at, wide, 0, count);
      for (int i = 0; i < count; i++) {
        int bits = wide[i];
        int rounded = (bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16;
        // All ones where the value is not a number, which rounding could make one.
        int nan = (INFINITY - (bits & Integer.MAX_VALUE)) >> 31;
        narrow[i] = (short) ((rounded & ~nan) | (NAN & nan));
      }
      target.put(at, narrow, 0, count);
    }
  }

  /** Puts the memory's values of a shard into the same places of the values. */
  void unpack(ByteBuffer values, Shard shard) {
    FloatBuffer target = values.duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer();
    OrderedSum.Source source = source(packed);
    for (int at = shard.from(); at < shard.to(); at += BLOCK) {
      int count = Math.min(BLOCK, shard.to() - at);
      source.get(at, floats, count);
      target.put(at, floats, 0, count);
    }
  }

  /** Reads such values, up to {@value #BLOCK} at a time. */
  static OrderedSum.Source source(ByteBuffer packed) {
    ShortBuffer values = packed.duplicate().clear().order(ByteOrder.nativeOrder()).asShortBuffer();
    short[] block = new short[BLOCK];
    return (at, into, count) -> {
      values.get(at, block, 0, count);
      for (int i = 0; i < count; i++) {
        into[i] = Float.intBitsToFloat(block[i] << 16);
      }
    };
  }
}
