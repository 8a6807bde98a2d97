package dev.lockstep.distributor.collective;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Why a rank failed.
 *
 * @param problem what is wrong, in words
 * @param remedy what a person can do about it, where it is a mistake that another attempt would
 *     repeat
 */
public record Cause(String problem, Optional<String> remedy) {
  private static final int NONE = -1;

  /** A failure that another attempt may be spared. */
  public static Cause of(String problem) {
    return new Cause(problem, Optional.empty());
  }

  /** A mistake of a person's. */
  public static Cause of(String problem, String remedy) {
    return new Cause(problem, Optional.of(remedy));
  }

  /** Puts it into a buffer, cut to the room that is left there. */
  void put(ByteBuffer into) {
    byte[] fix = remedy.orElse("").getBytes(StandardCharsets.UTF_8);
    int room = into.remaining() - 2 * Integer.BYTES;
    int forFix = Math.min(fix.length, room / 2);
    byte[] text = problem.getBytes(StandardCharsets.UTF_8);
    int forText = Math.min(text.length, room - forFix);
    into.putInt(forText).put(text, 0, forText);
    into.putInt(remedy.isPresent() ? forFix : NONE).put(fix, 0, forFix);
  }

  /** Takes one from a buffer; lengths that a stranger made up do no harm. */
  static Cause take(ByteBuffer from) {
    String problem = text(from, from.getInt());
    int length = from.remaining() < Integer.BYTES ? NONE : from.getInt();
    return length == NONE ? of(problem) : of(problem, text(from, length));
  }

  private static String text(ByteBuffer from, int length) {
    byte[] bytes = new byte[Math.min(Math.max(length, 0), from.remaining())];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
