package dev.lockstep.data;

import java.nio.file.Path;
import java.util.ArrayList;
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

  /**
   * The command of such a JVM with this one's class path, as bin/lockstep starts them.
   *
   * @param options more of its options
   * @param main its main class
   */
  public static List<String> command(List<String> options, Class<?> main, String... arguments) {
    String root = System.getProperty("lockstep.root");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + root + "/cluster-configs/jvm.options");
    command.add("-Dlog4j2.configurationFile=" + root + "/cluster-configs/log4j2.properties");
    command.addAll(OPTIONS);
    command.add("-Xmx1g");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }
}
