package dev.lockstep.distributor.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.distributor.spec.TrainingOptions;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What many trainings in one JVM leave behind. */
class LeakTest {
  private static final int FEW = 5;

  /** More of them: {@code -Dlockstep.trainings=50}. */
  private static final int MANY = Integer.getInteger("lockstep.trainings", 20);

  /**
   * The JVM's own compilers use this memory too: less than a megabyte a training stays theirs, and
   * what one takes while it works is soon given back.
   */
  private static final String NATIVE = "native megabytes in use";

  private static final long COMPILED_NANOS = 30_000_000_000L;

  @TempDir static Path directory;

  @Test
  void many_trainings_leave_no_more_than_a_few() throws IOException, InterruptedException {
    SparkSession spark = MadeUp.spark(directory);
    try {
      Dataset<Row> rows = MadeUp.rows(spark, 300, 2).cache();
      TrainingOptions spec = Specs.with(MadeUp.spec(2), "epochs", 1);
      Map<String, Long> afterFew = Map.of();
      for (int i = 1; i <= MANY; i++) {
        MadeUp.train(spark, rows, MadeUp.mlp(), spec, directory.resolve("run"));
        if (i == FEW) {
          afterFew = held();
        }
      }
      Map<String, Long> afterMany = held();
      long until = System.nanoTime() + COMPILED_NANOS;
      while (afterMany.get(NATIVE) > afterFew.get(NATIVE) + MANY - FEW
          && System.nanoTime() < until) {
        Thread.sleep(200);
        afterMany = held();
      }
      System.err.println("after " + FEW + ": " + afterFew + ", after " + MANY + ": " + afterMany);
      Map<String, Long> last = afterMany;
      afterFew.forEach(
          (what, count) ->
              assertThat(last.get(what))
                  .as(what)
                  .isLessThanOrEqualTo(count + (what.equals(NATIVE) ? MANY - FEW : 0)));
    } finally {
      spark.stop();
    }
  }

  private static Map<String, Long> held() throws IOException {
    Map<String, Long> held = new TreeMap<>();
    long ours =
        Thread.getAllStackTraces().keySet().stream()
            .filter(t -> t.getName().contains("lockstep") || t.getName().contains("batches"))
            .count();
    held.put("threads", ours);
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      for (Path file : files.toList()) {
        if (Files.exists(file, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
          String target = Files.readSymbolicLink(file).toString();
          held.merge(target.startsWith("socket") ? "sockets" : "rows", counts(target), Long::sum);
        }
      }
    }
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      if (pool.getName().equals("mapped")) {
        held.put("mapped bytes", pool.getMemoryUsed());
      }
    }
    held.put(NATIVE, NativeHeap.bytesInUse() >> 20);
    return held;
  }

  /** Sockets count; of the files, only those of rows do: Spark opens jars when it likes. */
  private static long counts(String target) {
    return target.startsWith("socket") || target.contains("lockstep-lanes-") ? 1 : 0;
  }
}
