package dev.lockstep.evaluation.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** A real HDFS of one name node and one data node on the loopback address, as its own process. */
final class MiniHdfs implements AutoCloseable {
  private static final String READY = "ready ";

  private final Process process;
  private final String uri;

  /** Starts it; {@code directory} is where the blocks are. */
  MiniHdfs(Path directory) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + System.getProperty("lockstep.root") + "/cluster-configs/jvm.options");
    command.add(
        "-Dlog4j2.configurationFile="
            + System.getProperty("lockstep.root")
            + "/cluster-configs/log4j2.properties");
    command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(MiniHdfs.class.getName(), directory.toString()));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader lines = process.inputReader();
    String line = lines.readLine();
    while (line != null && !line.startsWith(READY)) {
      line = lines.readLine();
    }
    if (line == null) {
      throw new IllegalStateException("expected an HDFS that starts");
    }
    uri = line.substring(READY.length());
  }

  /** Such as {@code hdfs://127.0.0.1:40001}. */
  String uri() {
    return uri;
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join();
    process.destroyForcibly();
  }

  /** Runs until standard input ends. Argument: the directory of the blocks. */
  public static void main(String[] arguments) throws IOException {
    Configuration hadoop = new Configuration();
    hadoop.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, arguments[0]);
    hadoop.set("dfs.namenode.rpc-bind-host", "127.0.0.1");
    try (MiniDFSCluster hdfs = new MiniDFSCluster.Builder(hadoop).numDataNodes(1).build()) {
      hdfs.waitActive();
      System.out.println(READY + hdfs.getURI());
      while (System.in.read() >= 0) {
        // Until the parent ends or closes it.
      }
    }
    System.exit(0);
  }
}
