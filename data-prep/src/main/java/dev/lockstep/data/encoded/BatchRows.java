package dev.lockstep.data.encoded;

import dev.lockstep.data.internal.spark.RowWriter;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.catalyst.InternalRow;

/** Batches as {@link EncodedRows}, in one row, which is overwritten by the next. */
final class BatchRows implements Iterator<InternalRow> {
  private final Iterator<EncodedBatch> batches;
  private final RowWriter row = new RowWriter(EncodedRows.SCHEMA.size());
  private EncodedBatch batch;
  private int next;

  BatchRows(Iterator<EncodedBatch> batches) {
    this.batches = batches;
  }

  @Override
  public boolean hasNext() {
    while (batch == null || next == batch.size()) {
      if (!batches.hasNext()) {
        return false;
      }
      batch = batches.next();
      next = 0;
    }
    return true;
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    int at = next++;
    row.begin();
    row.write(0, batch.splits()[at]);
    row.write(1, batch.hashes()[at]);
    if (Double.isNaN(batch.labels()[at])) {
      row.writeNull(2);
    } else {
      row.write(2, batch.labels()[at]);
    }
    row.write(3, batch.weights()[at]);
    row.write(4, batch.numeric(), at);
    row.write(5, batch.categorical(), at);
    return row.row();
  }
}
