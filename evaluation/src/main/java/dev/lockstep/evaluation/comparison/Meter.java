package dev.lockstep.evaluation.comparison;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;

/**
 * What work costs: seconds, processor seconds and memory. Where Spark runs in this JVM they are the
 * process's own, native memory and threads included; on a cluster processor time is what Spark
 * counts of its tasks, and memory is not known.
 */
final class Meter implements AutoCloseable {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path PEAK = Path.of("/proc/self/clear_refs");

  private final SparkSession spark;
  private final boolean local;
  private final TaskClock tasks = new TaskClock();

  /** Adds up the processor time of tasks. */
  private static final class TaskClock extends SparkListener {
    private final AtomicLong nanoseconds = new AtomicLong();

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      if (end.taskMetrics() != null) {
        nanoseconds.addAndGet(end.taskMetrics().executorCpuTime());
      }
    }
  }

  /**
   * Work that was done.
   *
   * @param value what came out
   * @param seconds how long it took
   * @param cpuSeconds processor time
   * @param peakMegabytes most memory that was held meanwhile; NaN where that is not known
   */
  record Measured<T>(T value, double seconds, double cpuSeconds, double peakMegabytes) {}

  Meter(SparkSession spark) {
    this.spark = spark;
    this.local = spark.sparkContext().isLocal();
    spark.sparkContext().addSparkListener(tasks);
  }

  /** Does something. */
  <T> Measured<T> measure(Supplier<T> work) {
    forgetPeak();
    long from = System.nanoTime();
    long cpu = cpu();
    T value = work.get();
    return new Measured<>(
        value, (System.nanoTime() - from) / 1e9, (cpu() - cpu) / 1e9, peakMegabytes());
  }

  private long cpu() {
    return local
        ? ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime()
        : tasks.nanoseconds.get();
  }

  /** Linux resets the peak when a 5 is written here; elsewhere it stays the process's. */
  private void forgetPeak() {
    if (local && Files.isWritable(PEAK)) {
      try {
        Files.writeString(PEAK, "5");
      } catch (IOException e) {
        return; // Then the peak is that of the process so far.
      }
    }
  }

  private double peakMegabytes() {
    if (!local || !Files.isReadable(STATUS)) {
      return Double.NaN;
    }
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  @Override
  public void close() {
    spark.sparkContext().removeSparkListener(tasks);
  }
}
