package dev.lockstep.data.snapshot;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Which table it is, whatever its version.
 *
 * @param id Delta's id of the table; a table that is recreated in the same place has another
 * @param location where its files are, as a whole path with a scheme
 */
public record TablePlace(String id, String location) {
  /**
   * Finds a table.
   *
   * @param table path or catalog name
   * @throws dev.lockstep.data.LockstepException if there is none
   */
  public static TablePlace of(SparkSession spark, String table) {
    Row detail = DeltaHistory.open(spark, table).detail().select("id", "location").head();
    return new TablePlace(detail.getString(0), detail.getString(1));
  }
}
