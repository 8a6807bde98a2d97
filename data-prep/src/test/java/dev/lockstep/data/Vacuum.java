package dev.lockstep.data;

import io.delta.tables.DeltaTable;
import org.apache.spark.sql.SparkSession;

/** Removes all files that the newest version does not need. */
public final class Vacuum {
  private static final String CHECK = "spark.databricks.delta.retentionDurationCheck.enabled";
  private static final String TASKS = "spark.sql.sources.parallelPartitionDiscovery.parallelism";

  private Vacuum() {}

  /** Does it, in one task instead of many thousand. */
  public static void now(SparkSession spark, DeltaTable table) {
    spark.conf().set(CHECK, false);
    spark.conf().set(TASKS, 1);
    try {
      table.vacuum(0);
    } finally {
      spark.conf().unset(CHECK);
      spark.conf().unset(TASKS);
    }
  }
}
