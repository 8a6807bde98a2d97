package dev.lockstep.distributor.cluster;

import dev.lockstep.data.ShortJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A real standalone cluster on the loopback address: a master and workers, every one a process of
 * its own, from the jars of this JVM's class path.
 */
public final class StandaloneCluster implements AutoCloseable {
  private static final long START_MILLIS = 60_000;

  private final Path home;
  private final int port;
  private final Process master;
  private final List<Process> workers = new ArrayList<>();

  /**
   * What a worker offers.
   *
   * @param host the loopback address of it and its executors
   * @param cores its slots
   * @param memory its memory, such as {@code 1g}
   * @param environment variables such as {@code SPARK_LOCAL_DIRS}
   */
  public record Worker(String host, int cores, String memory, Map<String, String> environment) {
    /** At 127.0.0.1. */
    public Worker(int cores, String memory, Map<String, String> environment) {
      this("127.0.0.1", cores, memory, environment);
    }

    /** One slot, one GiB, nothing else. */
    public static Worker small() {
      return new Worker(1, "1g", Map.of());
    }
  }

  /**
   * Starts a master and, one by one, its workers.
   *
   * @param home the Spark home; one without jars is made where there is none
   */
  public StandaloneCluster(Path home, List<Worker> offers)
      throws IOException, InterruptedException {
    this.home = Files.createDirectories(home).toRealPath();
    if (!Files.exists(this.home.resolve("RELEASE"))) {
      Files.createDirectories(this.home.resolve("jars"));
      Files.writeString(this.home.resolve("RELEASE"), "");
    }
    port = freePort();
    List<String> arguments = List.of("--host", "127.0.0.1", "--port", "" + port);
    master = start("master.Master", "master", arguments, Map.of());
    awaitMaster();
    for (Worker offer : offers) {
      add(offer);
    }
  }

  /** A port of the loopback address that nobody listens on. */
  public static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Starts one more worker; it registers by itself. */
  public void add(Worker offer) throws IOException {
    String name = "worker" + workers.size();
    List<String> arguments =
        List.of(
            "--host",
            offer.host(),
            "--cores",
            "" + offer.cores(),
            "--memory",
            offer.memory(),
            "--work-dir",
            work(workers.size()).toString(),
            url());
    workers.add(start("worker.Worker", name, arguments, offer.environment()));
  }

  private Process start(
      String type, String name, List<String> arguments, Map<String, String> environment)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + System.getProperty("lockstep.root") + "/cluster-configs/jvm.options");
    command.addAll(ShortJvm.OPTIONS);
    command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
    command.add("org.apache.spark.deploy." + type);
    command.addAll(List.of("--webui-port", "0"));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(home.resolve(name + ".log").toFile());
    return builder.start();
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

  /** The master's address. */
  public String url() {
    return "spark://127.0.0.1:" + port;
  }

  /** A worker's folder: what its executors and drivers wrote. */
  public Path work(int worker) {
    return home.resolve("work" + worker);
  }

  /** Kills a worker at once; Spark ends its executors when they miss it. */
  public void kill(int worker) throws InterruptedException {
    workers.get(worker).destroyForcibly().waitFor(1, TimeUnit.MINUTES);
  }

  /** The executors and drivers of all workers: a worker starts nothing else. */
  public List<ProcessHandle> executors() {
    return workers.stream().flatMap(StandaloneCluster::children).toList();
  }

  /** The executors and drivers of a worker. */
  public List<ProcessHandle> executors(int worker) {
    return children(workers.get(worker)).toList();
  }

  private static java.util.stream.Stream<ProcessHandle> children(Process worker) {
    return worker.toHandle().descendants().filter(ProcessHandle::isAlive);
  }

  @Override
  public void close() {
    List<Process> daemons = new ArrayList<>(workers);
    daemons.add(master);
    List<ProcessHandle> all = executors();
    daemons.forEach(Process::destroyForcibly);
    all.forEach(ProcessHandle::destroyForcibly);
    daemons.forEach(process -> process.onExit().join());
  }
}
