package dev.lockstep.data.internal.spark;

import dev.lockstep.data.internal.spark.ScanSteps.Chosen;
import dev.lockstep.data.internal.spark.ScanSteps.Computed;
import dev.lockstep.data.internal.spark.ScanSteps.Constant;
import dev.lockstep.data.internal.spark.ScanSteps.Hashed;
import dev.lockstep.data.internal.spark.ScanSteps.Output;
import dev.lockstep.data.internal.spark.ScanSteps.Passed;
import dev.lockstep.data.internal.spark.ScanSteps.Widened;
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
import org.apache.spark.sql.types.DataType;
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
    private final UnsafeProjection projection;
    private final RowToColumnConverter converter;

    /** Where the projection's columns go. */
    private final WritableColumnVector[] computed;

    private final WritableColumnVector hashes = column(DataTypes.LongType);

    /** The result's columns that are written here. */
    private final WritableColumnVector[] written = new WritableColumnVector[steps.outputs().size()];

    private ColumnarBatch next;

    Results(Iterator<ColumnarBatch> batches) {
      this.batches = batches;
      condition = steps.condition() == null ? null : Predicate.create(steps.condition());
      List<Expression> expressions = new ArrayList<>();
      List<WritableColumnVector> targets = new ArrayList<>();
      StructType types = new StructType();
      for (int i = 0; i < written.length; i++) {
        Output output = steps.outputs().get(i);
        if (output instanceof Computed column) {
          written[i] = column(column.expression().dataType());
          expressions.add(column.expression());
          targets.add(written[i]);
        } else if (output instanceof Chosen column) {
          written[i] = column(DataTypes.StringType);
          written[i].setDictionary(column.words());
          expressions.add(column.place());
          targets.add(written[i].reserveDictionaryIds(0));
        } else if (output instanceof Widened) {
          written[i] = column(DataTypes.DoubleType);
        }
      }
      for (Expression expression : expressions) {
        types = types.add("c" + types.size(), expression.dataType());
      }
      projection = UnsafeProjection.create(CollectionConverters.asScala(expressions).toSeq());
      converter = new RowToColumnConverter(types);
      computed = targets.toArray(WritableColumnVector[]::new);
    }

    private static WritableColumnVector column(DataType type) {
      return OnHeapColumnVector.allocateColumns(0, new StructType().add("c", type))[0];
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
      ColumnarBatch kept =
          condition == null
              ? batch
              : SelectedRows.of(batch, row -> condition.eval(batch.getRow(row)));
      int rows = kept.numRows();
      if (rows == 0) {
        return null;
      }
      ColumnVector[] columns = new ColumnVector[kept.numCols() + 1];
      Arrays.setAll(columns, i -> i < kept.numCols() ? kept.column(i) : hashes);
      if (steps.hash() != null) {
        hashes.reset();
        hashes.reserve(rows);
        hashes.putLongs(0, rows, steps.hash().of(columns, rows), 0);
      }
      compute(columns, rows);
      ColumnVector[] outputs = new ColumnVector[written.length];
      for (int i = 0; i < outputs.length; i++) {
        Output output = steps.outputs().get(i);
        if (output instanceof Passed passed) {
          outputs[i] = columns[passed.column()];
        } else if (output instanceof Hashed) {
          outputs[i] = hashes;
        } else if (output instanceof Constant constant) {
          outputs[i] = constant.of(rows);
        } else {
          written[i].reserve(rows);
          outputs[i] = written[i];
          if (output instanceof Widened from) {
            Widening.widen(columns[from.column()], rows, written[i]);
          }
        }
      }
      return new ColumnarBatch(outputs, rows);
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
