package dev.lockstep.distributor.prediction;

import dev.lockstep.models.SavedNetwork;
import java.io.Serializable;
import org.apache.spark.sql.catalyst.InternalRow;

/** From what a network says of a row to the columns that a model adds. */
public interface RowOutput extends Serializable {
  /**
   * The values of the new columns.
   *
   * @param scored what the network says of a batch
   * @param row place of the row in it
   */
  InternalRow of(SavedNetwork.Scored scored, int row);
}
