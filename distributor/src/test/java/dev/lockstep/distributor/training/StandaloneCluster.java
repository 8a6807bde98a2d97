package dev.lockstep.distributor.training;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A real standalone cluster on the loopback address: a master and workers of one core each, every
 * one a process of its own, from the jars of this JVM's class path.
 */
final class StandaloneCluster implements AutoCloseable {
  private static final long START_MILLIS = 60_000;

  private final Path home;
  private final int port;
  private final List<Process> processes = new ArrayList<>();

  StandaloneCluster(Path directory, int workers) throws IOException, InterruptedException {
    home = Files.createDirectories(directory.resolve("spark"));
    Files.createDirectories(home.resolve("jars"));
    Files.writeString(home.resolve("RELEASE"), "");
    port = freePort();
    start("master.Master", "--host", "127.0.0.1", "--port", "" + port, "--webui-port", "0");
    awaitMaster();
    for (int i = 0; i < workers; i++) {
      start(
          "worker.Worker",
          "--host",
          "127.0.0.1",
          "--webui-port",
          "0",
          "--cores",
          "1",
          "--memory",
          "1g",
          "--work-dir",
          home.resolve("work" + i).toString(),
          master());
    }
  }

  /** A port of the loopback address that nobody listens on. */
  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private void start(String type, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.add("@" + System.getProperty("lockstep.root") + "/cluster-configs/jvm.options");
    command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
    command.add("org.apache.spark.deploy." + type);
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.redirectErrorStream(true);
    builder.redirectOutput(home.resolve(type + processes.size() + ".log").toFile());
    processes.add(builder.start());
  }

  private void awaitMaster() throws IOException, InterruptedException {
    long until = System.currentTimeMillis() + START_MILLIS;
    while (true) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (IOException e) {
        if (System.currentTimeMillis() > until) {
          throw e;
        }
        Thread.sleep(100);
      }
    }
  }

  String master() {
    return "spark://127.0.0.1:" + port;
  }

  /** The executors: a worker starts nothing else. */
  List<ProcessHandle> executors() {
    return processes.stream()
        .flatMap(p -> p.toHandle().descendants())
        .filter(ProcessHandle::isAlive)
        .toList();
  }

  @Override
  public void close() {
    List<ProcessHandle> all = processes.stream().flatMap(p -> p.toHandle().descendants()).toList();
    processes.forEach(Process::destroyForcibly);
    all.forEach(ProcessHandle::destroyForcibly);
    processes.forEach(process -> process.onExit().join());
  }
}
