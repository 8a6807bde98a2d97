package dev.lockstep.data.internal.spark;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.internal.config.package$;
import org.apache.spark.ml.util.ReadWriteUtils;

/** Settings that Spark derives from others, or keeps to itself. */
public final class SparkSettings {
  private SparkSettings() {}

  /**
   * Whether Spark is saving or loading models on this machine, without Hadoop's file systems, as
   * the server of Spark Connect does.
   */
  public static boolean savesModelsLocally() {
    return Boolean.TRUE.equals(ReadWriteUtils.localSavingModeState().get());
  }

  /** Hadoop's configuration, with Spark's properties {@code spark.hadoop.*}. */
  public static Configuration hadoop(SparkConf spark) {
    return SparkHadoopUtil.get().newConfiguration(spark);
  }

  /**
   * Blacks out more properties in event logs and on Spark's pages than Spark does by itself.
   *
   * @param pattern a regular expression for names and values
   */
  public static void redact(SparkConf spark, String pattern) {
    var redaction = package$.MODULE$.SECRET_REDACTION_PATTERN();
    spark.set(redaction.key(), spark.get(redaction) + "|" + pattern);
  }
}
