package dev.lockstep.data.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.internal.spark.RowPlaces;
import dev.lockstep.data.internal.spark.StringColumn;
import dev.lockstep.data.split.Split;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

/** Rows that are read again. */
class SourceRowsTest {
  private static ColumnarBatch batch(int rows) {
    ColumnVector[] columns = new ColumnVector[SourceRows.FEATURES];
    for (int i = 0; i < columns.length; i++) {
      OnHeapColumnVector column = new OnHeapColumnVector(rows, DataTypes.LongType);
      column.putNulls(0, rows);
      columns[i] = column;
    }
    return new ColumnarBatch(columns, rows);
  }

  private static Iterator<ColumnarBatch> placed(List<RowPlaces> places, int... sizes) {
    return SourceRows.placed(
        IntStream.of(sizes).mapToObj(SourceRowsTest::batch).iterator(),
        List.of(new SampleTask.Reading(null, places)).iterator());
  }

  @Test
  void splits_and_hashes_are_those_of_the_first_reading() {
    byte test = (byte) SourceRows.SPLITS.indexOf(UTF8String.fromString(Split.TEST.column()));
    Iterator<ColumnarBatch> batches =
        placed(
            List.of(
                new RowPlaces(new byte[] {0, test, -1}, new long[] {7, -8, 9}),
                new RowPlaces(new byte[] {1}, new long[] {10})),
            3,
            1);
    ColumnarBatch first = batches.next();
    StringColumn splits = StringColumn.of(first.column(SourceRows.SPLIT), 3);
    assertThat(splits.get(0)).hasToString(Split.TRAIN.column());
    assertThat(splits.get(1)).hasToString(Split.TEST.column());
    assertThat(splits.get(2)).isNull();
    assertThat(first.column(SourceRows.HASH).getLongs(0, 3)).containsExactly(7, -8, 9);
    assertThat(first.column(SourceRows.LABEL).isNullAt(0)).isTrue();
    ColumnarBatch second = batches.next();
    assertThat(StringColumn.of(second.column(SourceRows.SPLIT), 1).get(0))
        .hasToString(Split.VALIDATION.column());
    assertThat(second.column(SourceRows.HASH).getLong(0)).isEqualTo(10);
    assertThat(batches.hasNext()).isFalse();
  }

  @Test
  void other_batches_than_at_first_end_the_reading() {
    List<RowPlaces> places =
        List.of(new RowPlaces(new byte[3], new long[3]), new RowPlaces(new byte[2], new long[2]));
    for (int[] sizes : new int[][] {{}, {3}, {3, 3}, {2, 3}, {3, 2, 1}}) {
      Iterator<ColumnarBatch> batches = placed(places, sizes);
      assertThatThrownBy(() -> batches.forEachRemaining(batch -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("read first");
    }
  }
}
