package dev.lockstep.ml;

import dev.lockstep.data.ShortJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** JVMs beside the one that the tests run in. */
final class ChildJvm {
  private ChildJvm() {}

  /** The folder of the project. */
  static Path root() {
    return Path.of(System.getProperty("lockstep.root"));
  }

  /** The class path of the tests. */
  static String tests() {
    return System.getProperty("java.class.path");
  }

  /**
   * Starts one, whose output is that of the tests.
   *
   * @param properties system properties, such as {@code spark.master=local[1]}
   */
  static Process start(
      String classPath, List<String> properties, String mainClass, List<String> arguments)
      throws IOException {
    return builder(classPath, properties, mainClass, arguments).inheritIO().start();
  }

  /**
   * Starts one.
   *
   * @param output a file for all that it says
   */
  static Process start(
      String classPath,
      List<String> properties,
      String mainClass,
      List<String> arguments,
      Path output)
      throws IOException {
    return builder(classPath, properties, mainClass, arguments)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  private static ProcessBuilder builder(
      String classPath, List<String> properties, String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ShortJvm.OPTIONS);
    command.add("@" + root().resolve("cluster-configs").resolve("jvm.options"));
    command.add(
        "-Dlog4j2.configurationFile="
            + root().resolve("cluster-configs").resolve("log4j2.properties"));
    command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
    properties.forEach(property -> command.add("-D" + property));
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }
}
