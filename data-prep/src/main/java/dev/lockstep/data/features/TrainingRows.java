package dev.lockstep.data.features;

import dev.lockstep.data.columnar.SelectedRows;
import dev.lockstep.data.columnar.StringColumn;
import dev.lockstep.data.split.Split;
import java.util.Iterator;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.types.UTF8String;

/** Leaves the rows of the test split out of {@link SourceRows}. */
final class TrainingRows implements FlatMapFunction<Iterator<ColumnarBatch>, ColumnarBatch> {
  private static final long serialVersionUID = 1;
  private static final UTF8String TEST = UTF8String.fromString(Split.TEST.column());

  @Override
  public Iterator<ColumnarBatch> call(Iterator<ColumnarBatch> batches) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return batches.hasNext();
      }

      @Override
      public ColumnarBatch next() {
        return training(batches.next());
      }
    };
  }

  private static ColumnarBatch training(ColumnarBatch batch) {
    StringColumn splits = StringColumn.of(batch.column(SourceRows.SPLIT), batch.numRows());
    return SelectedRows.of(batch, row -> !TEST.equals(splits.get(row)));
  }
}
