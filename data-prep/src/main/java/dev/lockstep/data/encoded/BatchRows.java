package dev.lockstep.data.encoded;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeArrayWriter;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeRowWriter;

/** Batches as {@link EncodedRows}, in one row, which is overwritten by the next. */
final class BatchRows implements Iterator<InternalRow> {
  private final Iterator<EncodedBatch> batches;
  private final UnsafeRowWriter row = new UnsafeRowWriter(EncodedRows.SCHEMA.size());
  private final UnsafeArrayWriter floats = new UnsafeArrayWriter(row, Float.BYTES);
  private final UnsafeArrayWriter ints = new UnsafeArrayWriter(row, Integer.BYTES);
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
    row.reset();
    row.zeroOutNullBytes();
    if (batch.splits()[at] == null) {
      row.setNullAt(0);
    } else {
      row.write(0, batch.splits()[at]);
    }
    row.write(1, batch.hashes()[at]);
    if (Double.isNaN(batch.labels()[at])) {
      row.setNullAt(2);
    } else {
      row.write(2, batch.labels()[at]);
    }
    row.write(3, batch.weights()[at]);
    int from = row.cursor();
    floats.initialize(batch.numeric().length);
    for (int i = 0; i < batch.numeric().length; i++) {
      floats.write(i, batch.numeric()[i][at]);
    }
    row.setOffsetAndSizeFromPreviousCursor(4, from);
    from = row.cursor();
    ints.initialize(batch.categorical().length);
    for (int i = 0; i < batch.categorical().length; i++) {
      ints.write(i, batch.categorical()[i][at]);
    }
    row.setOffsetAndSizeFromPreviousCursor(5, from);
    return row.getRow();
  }
}
