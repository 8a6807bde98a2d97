package dev.lockstep.evaluation.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.data.Json;
import dev.lockstep.data.ShortJvm;
import dev.lockstep.evaluation.cli.CommandLoop;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A driver on a cluster, as a process of its own, to which commands are given one by one. */
final class Driver implements AutoCloseable {
  private final Process process;
  private final List<String> lines = new ArrayList<>();
  private int heard;

  /** Starts it; {@code settings} are Spark properties as {@code KEY=VALUE}. */
  Driver(String master, Path directory, List<String> settings) throws IOException {
    List<String> properties = new ArrayList<>(List.of("-Dspark.master=" + master));
    settings.forEach(setting -> properties.add("-D" + setting));
    List<String> command = ShortJvm.command(properties, CommandLoop.class);
    process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    Thread reader = new Thread(this::read, "driver-output");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        System.err.printf("%tT driver: %s%n", System.currentTimeMillis(), line);
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      System.err.println("driver: " + e); // Killed.
    }
  }

  /** Begins a command. */
  void begin(String... command) throws IOException {
    synchronized (lines) {
      heard = lines.size();
    }
    process.outputWriter().write(String.join(CommandLoop.BETWEEN, command) + "\n");
    process.outputWriter().flush();
  }

  /** The first line of the command's output of that kind, once it is there. */
  String await(Predicate<String> kind, Duration limit) throws InterruptedException {
    long until = System.nanoTime() + limit.toNanos();
    synchronized (lines) {
      int next = heard;
      while (true) {
        for (; next < lines.size(); next++) {
          if (kind.test(lines.get(next))) {
            return lines.get(next);
          }
        }
        long left = (until - System.nanoTime()) / 1_000_000;
        assertThat(left).as("within %s, after\n%s", limit, String.join("\n", lines)).isPositive();
        lines.wait(left);
      }
    }
  }

  /** Waits for the command's end. */
  Outcome end(Duration limit) throws InterruptedException {
    String last = await(line -> line.startsWith(CommandLoop.ENDED), limit);
    synchronized (lines) {
      List<String> own = List.copyOf(lines.subList(heard, lines.indexOf(last)));
      lines.subList(0, lines.indexOf(last) + 1).clear();
      heard = 0;
      return new Outcome(Integer.parseInt(last.substring(CommandLoop.ENDED.length())), own);
    }
  }

  /** Kills it as the operating system would that has no memory left. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() {
    kill();
  }

  /**
   * How a command ended.
   *
   * @param code its exit code
   * @param output its lines, of both streams
   */
  record Outcome(int code, List<String> output) {
    JsonNode json() {
      assertThat(code).as(String.join("\n", output)).isZero();
      String line = output.stream().filter(l -> l.startsWith("{")).findFirst().orElseThrow();
      return Json.read(line, JsonNode.class);
    }

    String weights() {
      return json().get("weightsSha256").asText();
    }

    long resumedAt() {
      return json().get("resumedAtStep").asLong();
    }

    /** The line for the person who gave the command. */
    String error() {
      assertThat(code).as(String.join("\n", output)).isEqualTo(1);
      return output.stream().filter(l -> l.startsWith("lockstep: ")).findFirst().orElseThrow();
    }
  }
}
