package dev.lockstep.data.internal.spark;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.RowToColumnConverter;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** Collects rows in batches of columns. */
record RowsToColumns(StructType schema)
    implements FlatMapFunction<Iterator<InternalRow>, ColumnarBatch> {
  private static final int ROWS = 512;

  @Override
  public Iterator<ColumnarBatch> call(Iterator<InternalRow> rows) {
    WritableColumnVector[] columns = OnHeapColumnVector.allocateColumns(ROWS, schema);
    RowToColumnConverter converter = new RowToColumnConverter(schema);
    ColumnarBatch batch = new ColumnarBatch(columns);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public ColumnarBatch next() {
        if (!rows.hasNext()) {
          throw new NoSuchElementException();
        }
        for (WritableColumnVector column : columns) {
          column.reset();
        }
        int size = 0;
        while (size < ROWS && rows.hasNext()) {
          converter.convert(rows.next(), columns);
          size++;
        }
        batch.setNumRows(size);
        return batch;
      }
    };
  }
}
