import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/**
 * YARN on the loopback address, a resource manager and two node managers in one JVM, with HDFS in
 * the same JVM. It runs until it is ended.
 *
 * <p>Arguments: the directory of HDFS's blocks and YARN's containers, and the directory that
 * receives {@code core-site.xml} and {@code yarn-site.xml}. The latter is there as soon as the
 * cluster can be used.
 */
final class MiniYarn {
  private static final int NODE_MANAGERS = 2;
  private static final int CONNECT_MILLIS = 60_000;

  private MiniYarn() {}

  public static void main(String[] arguments) {
    try {
      start(Path.of(arguments[0]), Path.of(arguments[1]));
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1); // Threads of what has started already would keep the JVM.
    }
  }

  private static void start(Path data, Path client) throws Exception {
    // Where MiniYARNCluster makes the node managers' folders, beside some of its own.
    System.setProperty("test.build.data", data.toString());
    Configuration hadoop = new Configuration(false);
    hadoop.set("fs.defaultFS", hdfs(data));
    Configuration yarn = yarn(hadoop.get("fs.defaultFS"));

    Files.createDirectories(client);
    write(hadoop, client.resolve("core-site.xml"));
    for (String key :
        new String[] {
          YarnConfiguration.RM_ADDRESS,
          YarnConfiguration.RM_SCHEDULER_ADDRESS,
          YarnConfiguration.RM_WEBAPP_ADDRESS
        }) {
      hadoop.set(key, yarn.get(key));
    }
    write(hadoop, client.resolve("yarn-site.xml"));
  }

  /** Starts HDFS, empty; returns its address. */
  private static String hdfs(Path data) throws IOException {
    Configuration hdfs = new Configuration();
    hdfs.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, data.resolve("hdfs").toString());
    hdfs.set("dfs.namenode.rpc-bind-host", "127.0.0.1");
    MiniDFSCluster cluster = new MiniDFSCluster.Builder(hdfs).numDataNodes(1).build();
    cluster.waitActive();
    return cluster.getURI().toString();
  }

  /** Starts YARN; returns its configuration, addresses included. */
  private static Configuration yarn(String files) throws Exception {
    YarnConfiguration yarn = new YarnConfiguration();
    yarn.set("fs.defaultFS", files);
    yarn.set("yarn.scheduler.capacity.root.queues", "default");
    yarn.set("yarn.scheduler.capacity.root.default.capacity", "100");
    yarn.set(
        "yarn.scheduler.capacity.resource-calculator",
        "org.apache.hadoop.yarn.util.resource.DominantResourceCalculator");
    yarn.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 256);
    yarn.setInt(YarnConfiguration.YARN_MINICLUSTER_NM_PMEM_MB, 8192);
    yarn.setInt(YarnConfiguration.NM_VCORES, 3);
    // A JVM reserves more addresses than it uses memory.
    yarn.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
    // Else no container starts where the disk is more than 90 % full.
    yarn.setFloat(YarnConfiguration.NM_MAX_PER_DISK_UTILIZATION_PERCENTAGE, 100);
    // Containers' logs stay until the cluster is stopped.
    yarn.setInt(YarnConfiguration.DEBUG_NM_DELETE_DELAY_SEC, 24 * 60 * 60);
    MiniYARNCluster cluster = new MiniYARNCluster("yarn", NODE_MANAGERS, 1, 1);
    // Containers are processes of their own; the node managers end them.
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::stop));
    cluster.init(yarn);
    cluster.start();
    if (!cluster.waitForNodeManagersToConnect(CONNECT_MILLIS)) {
      throw new IOException("the node managers do not reach the resource manager");
    }
    return cluster.getConfig();
  }

  private static void write(Configuration configuration, Path file) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try (OutputStream out = Files.newOutputStream(part)) {
      configuration.writeXml(out);
    }
    Files.move(part, file); // Who waits for the file reads it at once.
  }
}
