package dev.lockstep.evaluation.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.ShortJvm;
import dev.lockstep.evaluation.Lockstep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Spark home, made as a user makes one, and what is run with it from another folder. */
final class SparkHome {
  private static final Path ROOT = Path.of(System.getProperty("lockstep.root"));
  private static final long LIMIT_MINUTES = 5;

  private final Path directory;
  private final Path outputs;

  /** A process and where its output goes. */
  record Running(Process process, Path output) {
    /** What it has printed so far. */
    String printed() {
      try {
        return Files.readString(output);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Waits for its end, which has to be a good one; returns what it printed. */
    String end() throws InterruptedException {
      boolean ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
      process.destroyForcibly();
      assertThat(ended && process.exitValue() == 0).as(this::printed).isTrue();
      return printed();
    }
  }

  /** Makes it; the outputs of commands are put beside it. */
  SparkHome(Path directory) throws IOException, InterruptedException {
    this.directory = directory;
    outputs = Files.createDirectories(directory.resolveSibling("outputs"));
    configs("standalone/spark-home", directory.toString());
  }

  Path directory() {
    return directory;
  }

  /** Runs one of {@code cluster-configs}; returns what it printed. */
  String configs(String script, String... arguments) throws IOException, InterruptedException {
    return start(Map.of(), ROOT.resolve("cluster-configs").resolve(script), List.of(arguments))
        .end();
  }

  /** Starts {@code spark-submit} with Lockstep's jar. */
  Running submit(Map<String, String> environment, List<String> options, String... lockstep)
      throws IOException {
    Path built = ROOT.resolve("evaluation/target");
    String natives = Files.readString(built.resolve("natives.classpath")).strip();
    List<String> program =
        List.of(
            "--jars",
            natives.replace(':', ','),
            "--class",
            Lockstep.class.getName(),
            built.resolve("lockstep.jar").toString());
    List<String> arguments =
        Stream.of(options, program, Arrays.asList(lockstep)).flatMap(List::stream).toList();
    return start(environment, directory.resolve("bin/spark-submit"), arguments);
  }

  private Running start(Map<String, String> environment, Path program, List<String> arguments)
      throws IOException {
    Path output = Files.createTempFile(outputs, program.getFileName().toString(), ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(
            Stream.concat(Stream.of(program.toString()), arguments.stream()).toList());
    builder.environment().put("SPARK_HOME", directory.toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("SPARK_SUBMIT_OPTS", ShortJvm.WORDS);
    builder.environment().putAll(environment);
    builder.directory(outputs.toFile()).redirectErrorStream(true).redirectOutput(output.toFile());
    return new Running(builder.start(), output);
  }
}
