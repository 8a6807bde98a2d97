package dev.lockstep.data;

import java.util.List;

/** How tests start JVMs that are over soon. */
public final class ShortJvm {
  /**
   * Nothing there runs long enough for the second compiler or a larger collector to pay, and to
   * check the byte code of Spark's classes takes a fifth of a command's time.
   */
  public static final List<String> OPTIONS =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:-BytecodeVerificationRemote");

  /** The same for Spark's properties and variables of the environment. */
  public static final String WORDS = String.join(" ", OPTIONS);

  private ShortJvm() {}
}
