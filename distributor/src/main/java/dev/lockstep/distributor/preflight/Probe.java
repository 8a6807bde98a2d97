package dev.lockstep.distributor.preflight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.lockstep.data.internal.spark.JavaBytes;
import dev.lockstep.data.internal.spark.SparkSettings;
import dev.lockstep.distributor.collective.Ports;
import dev.lockstep.models.engine.Libtorch;
import java.io.IOException;
import java.io.Serializable;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/**
 * A task on every slot, all at once; the first one of each executor looks around. Reports, one an
 * executor, are what the tasks return.
 */
final class Probe
    extends AbstractFunction1<scala.collection.Iterator<Object>, scala.collection.Iterator<Object>>
    implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int TRIAL_BYTES = 1 << 20;

  private final String ports;
  private final String bindAddress;
  private final String output;
  private final String witness;

  /**
   * A probe.
   *
   * @param ports where ranks will listen
   * @param bindAddress the address on which they will
   * @param output a folder that executors write into
   * @param witness a file there that the driver made
   */
  Probe(String ports, String bindAddress, String output, String witness) {
    this.ports = ports;
    this.bindAddress = bindAddress;
    this.output = output;
    this.witness = witness;
  }

  @Override
  public scala.collection.Iterator<Object> apply(scala.collection.Iterator<Object> ignored) {
    BarrierTaskContext task = BarrierTaskContext.get();
    String mine = SparkEnv.get().executorId();
    List<String> executors = Arrays.asList(task.allGather(mine));
    boolean first = executors.indexOf(mine) == task.partitionId();
    List<Object> reports =
        first
            ? List.of(JavaBytes.of(report(task, Collections.frequency(executors, mine))))
            : idle(task);
    return CollectionConverters.asScala(reports.iterator());
  }

  /** Spark's meetings need all tasks. */
  private static List<Object> idle(BarrierTaskContext task) {
    task.allGather("");
    task.barrier();
    return List.of();
  }

  private ProbeReport report(BarrierTaskContext task, int tasks) {
    SparkEnv env = SparkEnv.get();
    String host = env.blockManager().blockManagerId().host();
    String executor = "executor %s on %s".formatted(env.executorId(), host);
    List<String> unreachable = neighbours(task, executor, host);
    String[] library = library();
    Path disk = env.blockManager().diskBlockManager().localDirs()[0].toPath();
    long[] free = new long[1];
    String diskError = disk(disk, free);
    return new ProbeReport(
        executor,
        tasks,
        library[0],
        library[1],
        unreachable,
        free[0],
        disk.toString(),
        diskError,
        Memory.available(),
        Memory.heapFree(),
        output(),
        System.currentTimeMillis());
  }

  private List<String> neighbours(BarrierTaskContext task, String executor, String host) {
    ServerSocketChannel listener = null;
    List<String> unreachable = new ArrayList<>();
    String card = "";
    try {
      listener = Ports.listen(bindAddress, ports);
      card = new Doorbell.Card(executor, host, Doorbell.port(listener)).toString();
    } catch (IOException | RuntimeException e) {
      unreachable.add("cannot listen: " + FolderCheck.reason(e));
    }
    try (Doorbell bell = new Doorbell(listener, executor)) {
      for (String other : task.allGather(card)) {
        if (!other.isEmpty() && !other.equals(card)) {
          bell.ring(Doorbell.Card.parse(other)).ifPresent(unreachable::add);
        }
      }
      task.barrier(); // Until then others ring.
      return new ArrayList<>(unreachable);
    }
  }

  /** Version and error, of which one is empty. */
  private static String[] library() {
    try (NDManager manager = Libtorch.manager();
        NDArray ones = manager.ones(new ai.djl.ndarray.types.Shape(8, 8));
        NDArray product = ones.matMul(ones)) {
      float sum = product.sum().getFloat();
      return sum == 512
          ? new String[] {ai.djl.engine.Engine.getEngine("PyTorch").getVersion(), ""}
          : new String[] {"", "it says that 8 x 8 x 8 is " + sum};
    } catch (Exception | LinkageError e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return new String[] {"", FolderCheck.reason(cause)};
    }
  }

  private static String disk(Path folder, long[] free) {
    Path file = folder.resolve("lockstep-doctor-" + java.util.UUID.randomUUID());
    try {
      Files.createDirectories(folder);
      free[0] = Files.getFileStore(folder).getUsableSpace();
      Files.write(file, new byte[TRIAL_BYTES]);
      return "";
    } catch (IOException e) {
      return FolderCheck.reason(e);
    } finally {
      file.toFile().delete();
    }
  }

  private String output() {
    Configuration hadoop = SparkSettings.hadoop(SparkEnv.get().conf());
    var folder = new org.apache.hadoop.fs.Path(output);
    try {
      FileSystem files = folder.getFileSystem(hadoop);
      if (!files.exists(new org.apache.hadoop.fs.Path(witness))) {
        return "it does not see there what the driver wrote";
      }
      FolderCheck.write(files, folder, "-" + SparkEnv.get().executorId());
      return "";
    } catch (IOException | RuntimeException e) {
      return FolderCheck.reason(e);
    }
  }
}
