package dev.lockstep.distributor.bench;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The rounds of a measurement: how long each takes, and what they come to. */
final class Rounds {
  private Rounds() {}

  /** How long work takes. */
  static double seconds(Runnable work) {
    long from = System.nanoTime();
    work.run();
    return (System.nanoTime() - from) / 1e9;
  }

  /** Computes rows and throws them away. */
  static void discard(Dataset<Row> rows) {
    rows.write().format("noop").mode("overwrite").save();
  }

  /** The value in the middle. */
  static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1
        ? sorted[middle]
        : Arrays.stream(sorted, middle - 1, middle + 1).average().orElseThrow();
  }
}
