package dev.lockstep.evaluation.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a program did in a JVM of its own.
 *
 * @param code its exit code
 * @param out its standard output
 * @param err its standard error
 * @param loaded names of the classes that it loaded
 */
record ChildJvm(int code, String out, String err, List<String> loaded) {
  private static final String FROM = " source: ";

  /** Runs a main class as bin/lockstep does, with its class path in the build's folders. */
  static ChildJvm run(Path folder, Class<?> main, List<String> arguments)
      throws IOException, InterruptedException {
    String root = System.getProperty("lockstep.root");
    Path classes = Files.createTempFile(folder, "classes", ".log");
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + root + "/cluster-configs/jvm.options");
    command.add("-Dlog4j2.configurationFile=" + root + "/cluster-configs/log4j2.properties");
    // With the check of byte code, as that loads classes too.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("-Xlog:class+load:file=" + classes);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    ProcessBuilder child = new ProcessBuilder(command);
    child.environment().remove("LOCKSTEP_LEDGER");
    int code = child.redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
    return new ChildJvm(
        code,
        Files.readString(out),
        Files.readString(err),
        Files.readAllLines(classes, StandardCharsets.UTF_8).stream()
            .filter(line -> line.contains(FROM))
            .map(line -> line.substring(0, line.indexOf(FROM)).replaceFirst(".*\\s", ""))
            .toList());
  }
}
