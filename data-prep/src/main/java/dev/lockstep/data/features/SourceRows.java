package dev.lockstep.data.features;

import static dev.lockstep.data.sql.Identifiers.quoted;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.lockstep.data.Task;
import dev.lockstep.data.internal.spark.RowPlaces;
import dev.lockstep.data.internal.spark.SelectedRows;
import dev.lockstep.data.internal.spark.StringColumn;
import dev.lockstep.data.split.Split;
import dev.lockstep.data.sql.ColumnValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.types.UTF8String;

/** What features are made of: columns of a table in fixed places, each of one of three types. */
final class SourceRows {
  /** Position of the split, a string. */
  static final int SPLIT = 0;

  /** Position of the row's hash, a long. */
  static final int HASH = 1;

  /** Position of the label: a double for regression, else a string; null where there is none. */
  static final int LABEL = 2;

  /** Position of the weight, a double. */
  static final int WEIGHT = 3;

  /** Position of the first feature: the numeric ones, doubles, before the others, strings. */
  static final int FEATURES = 4;

  /** The words of the splits. */
  static final List<UTF8String> SPLITS =
      Arrays.stream(Split.values()).map(split -> UTF8String.fromString(split.column())).toList();

  private static final UTF8String TEST = UTF8String.fromString(Split.TEST.column());

  private SourceRows() {}

  /**
   * The columns in their places.
   *
   * @param rows {@link PlacedRows} of the table; label and weight may be missing
   */
  static Dataset<Row> of(
      Dataset<Row> rows,
      FeatureModel.Source source,
      Task task,
      List<String> numeric,
      List<String> categorical) {
    StructType schema = rows.schema();
    List<String> there = Arrays.asList(rows.columns());
    boolean labelled = there.contains(source.label());
    Column weight =
        there.contains(source.weight()) ? col(quoted(source.weight())).cast("double") : lit(1.0);
    List<Column> columns = new ArrayList<>();
    columns.add(PlacedRows.split());
    columns.add(PlacedRows.hash());
    if (task == Task.REGRESSION) {
      columns.add(
          labelled
              ? ColumnValues.numberLabel(schema, source.label())
              : lit(null).cast(DataTypes.DoubleType));
    } else {
      columns.add(
          labelled
              ? ColumnValues.classLabel(schema, source.label())
              : lit(null).cast(DataTypes.StringType));
    }
    columns.add(weight);
    numeric.forEach(name -> columns.add(ColumnValues.number(schema, name)));
    categorical.forEach(name -> columns.add(ColumnValues.text(schema, name)));
    return rows.select(columns.toArray(Column[]::new));
  }

  /** The first values of a column of doubles; NaN where one is missing. */
  static double[] numbers(ColumnVector column, int rows) {
    double[] values = column.getDoubles(0, rows);
    if (column.hasNull()) {
      for (int row = 0; row < rows; row++) {
        values[row] = column.isNullAt(row) ? Double.NaN : values[row];
      }
    }
    return values;
  }

  /** The batches of a partition that was read before, with the splits and hashes of then. */
  static Iterator<ColumnarBatch> placed(
      Iterator<ColumnarBatch> batches, Iterator<SampleTask.Reading> readings) {
    Iterator<RowPlaces> places = readings.next().places().iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        if (batches.hasNext() != places.hasNext()) {
          throw new IllegalStateException("expected as many batches as when they were read first");
        }
        return batches.hasNext();
      }

      @Override
      public ColumnarBatch next() {
        return places.next().into(batches.next(), SPLIT, HASH, SPLITS);
      }
    };
  }

  /** A batch without the rows of the test split. */
  static ColumnarBatch training(ColumnarBatch batch) {
    StringColumn splits = StringColumn.of(batch.column(SPLIT), batch.numRows());
    return SelectedRows.of(batch, row -> !TEST.equals(splits.get(row)));
  }
}
