package dev.lockstep.evaluation.cli;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.distributor.preflight.Finding;
import dev.lockstep.distributor.preflight.Needs;
import org.apache.spark.sql.SparkSession;

/**
 * An experiment's table, pinned as the job would.
 *
 * @param finding whether it can be read
 * @param needs what the job needs, with how much there is to be read where that is known
 */
record TableCheck(Finding finding, Needs needs) {
  private static final String NAME = "table";

  static TableCheck of(SparkSession spark, DataSpec data, Needs needs) {
    try {
      Snapshot snapshot = Snapshot.resolve(spark, data.table(), data.version(), data.timestamp());
      return new TableCheck(
          Finding.ok(
              NAME,
              "%s version %d, %,d rows"
                  .formatted(data.table(), snapshot.version(), snapshot.rows())),
          needs.withRows(snapshot.rows(), snapshot.read(spark).columns().length));
    } catch (LockstepException e) {
      return new TableCheck(Finding.failed(NAME, e.problem(), e.remedy()), needs);
    }
  }
}
