package dev.lockstep.data.columnar;

import dev.lockstep.data.columnar.ScanSteps.Computed;
import dev.lockstep.data.columnar.ScanSteps.Hashed;
import dev.lockstep.data.columnar.ScanSteps.Output;
import dev.lockstep.data.columnar.ScanSteps.Passed;
import dev.lockstep.data.columnar.ScanSteps.Widened;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BasePredicate;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Predicate;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.execution.RowToColumnConverter;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import scala.jdk.javaapi.CollectionConverters;

/** Runs the steps on the batches of a scan. */
record ScanReader(ScanSteps steps)
    implements FlatMapFunction<Iterator<ColumnarBatch>, ColumnarBatch> {

  @Override
  public Iterator<ColumnarBatch> call(Iterator<ColumnarBatch> batches) {
    return new Results(batches);
  }

  /** Has columns of its own, which are written anew for each batch. */
  private final class Results implements Iterator<ColumnarBatch> {
    private final Iterator<ColumnarBatch> batches;
    private final BasePredicate condition;
    private final List<Expression> expressions = new ArrayList<>();
    private final UnsafeProjection projection;
    private final RowToColumnConverter converter;
    private final WritableColumnVector[] computed;
    private final WritableColumnVector hashes = column(new StructType().add("h", "long"))[0];
    private final WritableColumnVector[] widened;
    private ColumnarBatch next;

    Results(Iterator<ColumnarBatch> batches) {
      this.batches = batches;
      condition = steps.condition() == null ? null : Predicate.create(steps.condition());
      StructType types = new StructType();
      for (Output output : steps.outputs()) {
        if (output instanceof Computed column) {
          Expression expression = column.expression();
          types = types.add("c" + expressions.size(), expression.dataType());
          expressions.add(expression);
        }
      }
      projection = UnsafeProjection.create(CollectionConverters.asScala(expressions).toSeq());
      converter = new RowToColumnConverter(types);
      computed = column(types);
      widened = new WritableColumnVector[steps.outputs().size()];
      for (int i = 0; i < widened.length; i++) {
        if (steps.outputs().get(i) instanceof Widened) {
          widened[i] = column(new StructType().add("w", DataTypes.DoubleType))[0];
        }
      }
    }

    private static WritableColumnVector[] column(StructType types) {
      return OnHeapColumnVector.allocateColumns(0, types);
    }

    @Override
    public boolean hasNext() {
      while (next == null && batches.hasNext()) {
        next = result(batches.next());
      }
      return next != null;
    }

    @Override
    public ColumnarBatch next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      ColumnarBatch result = next;
      next = null;
      return result;
    }

    /** The result of a batch; null where no row is left. */
    private ColumnarBatch result(ColumnarBatch batch) {
      ColumnVector[] columns = new ColumnVector[batch.numCols() + 1];
      Arrays.setAll(columns, i -> i < batch.numCols() ? batch.column(i) : hashes);
      int rows = batch.numRows();
      if (condition != null) {
        int[] kept = kept(batch);
        if (kept.length < rows) {
          rows = kept.length;
          for (int i = 0; i < batch.numCols(); i++) {
            columns[i] = new SelectedRows(columns[i], kept);
          }
        }
      }
      if (rows == 0) {
        return null;
      }
      if (steps.hash() != null) {
        hashes.reset();
        hashes.reserve(rows);
        hashes.putLongs(0, rows, steps.hash().of(columns, rows), 0);
      }
      compute(columns, rows);
      ColumnVector[] outputs = new ColumnVector[steps.outputs().size()];
      int next = 0;
      for (int i = 0; i < outputs.length; i++) {
        Output output = steps.outputs().get(i);
        if (output instanceof Passed passed) {
          outputs[i] = columns[passed.column()];
        } else if (output instanceof Hashed) {
          outputs[i] = hashes;
        } else if (output instanceof Widened from) {
          widened[i].reserve(rows);
          Widening.widen(columns[from.column()], rows, widened[i]);
          outputs[i] = widened[i];
        } else {
          outputs[i] = computed[next++];
        }
      }
      return new ColumnarBatch(outputs, rows);
    }

    private int[] kept(ColumnarBatch batch) {
      int[] kept = new int[batch.numRows()];
      int size = 0;
      for (int i = 0; i < kept.length; i++) {
        if (condition.eval(batch.getRow(i))) {
          kept[size++] = i;
        }
      }
      return Arrays.copyOf(kept, size);
    }

    private void compute(ColumnVector[] columns, int rows) {
      if (computed.length == 0) {
        return;
      }
      for (WritableColumnVector column : computed) {
        column.reset();
        column.reserve(rows);
      }
      Iterator<InternalRow> source = new ColumnarBatch(columns, rows).rowIterator();
      while (source.hasNext()) {
        converter.convert(projection.apply(source.next()), computed);
      }
    }
  }
}
