package dev.lockstep.models.engine;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;

/**
 * How glibc keeps the memory of arrays. By default it gives large blocks back to the operating
 * system as soon as they are freed, and every step pays for their pages again: a fifth of the time
 * of a small network's step.
 */
public final class NativeMemory {
  private static final int TRIM_THRESHOLD = -1;
  private static final int MMAP_MAX = -4;

  private NativeMemory() {}

  /**
   * Lets this process keep up to so much freed memory for its next arrays. It is a setting of the
   * whole process; the memory it holds grows to the largest sum of arrays at one time, no further.
   *
   * @param bytes how much, at least 0
   * @return whether the C library took it; false where it is not glibc
   */
  public static boolean keep(int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("cannot keep " + bytes + " bytes");
    }
    try {
      Function mallopt = NativeLibrary.getProcess().getFunction("mallopt");
      // glibc takes no threshold above 32 MB for blocks of their own, so it is to make none: a
      // block that its heaps have no room for still gets a place from the system.
      boolean one = taken(mallopt, MMAP_MAX, 0);
      return taken(mallopt, TRIM_THRESHOLD, bytes) && one;
    } catch (UnsatisfiedLinkError e) {
      return false; // Another C library, which has no such setting.
    }
  }

  private static boolean taken(Function mallopt, int parameter, int value) {
    return mallopt.invokeInt(new Object[] {parameter, value}) == 1;
  }
}
