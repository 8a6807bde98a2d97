package dev.lockstep.distributor.rows;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;

/**
 * Gives a map back at once instead of at some garbage collection. Java 17 offers this only through
 * {@code sun.misc.Unsafe.invokeCleaner}, which it supports for this purpose (JEP 260).
 */
final class Unmapper {
  private static final MethodHandle INVOKE_CLEANER = find();

  private Unmapper() {}

  private static MethodHandle find() {
    try {
      Class<?> type = Class.forName("sun.misc.Unsafe");
      Field instance = type.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      return MethodHandles.lookup()
          .findVirtual(type, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
          .bindTo(instance.get(null));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("expected a JVM with sun.misc.Unsafe.invokeCleaner", e);
    }
  }

  /** Unmaps; the buffer must not be touched again. */
  static void unmap(MappedByteBuffer buffer) {
    try {
      INVOKE_CLEANER.invoke(buffer);
    } catch (Throwable e) {
      throw new IllegalStateException("could not unmap", e);
    }
  }
}
