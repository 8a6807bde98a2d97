package dev.lockstep.data.lanes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lockstep.data.SparkDefaults;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedBatch;
import dev.lockstep.data.encoded.RowOrder;
import dev.lockstep.data.preparation.Preparation;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.split.Split;
import io.delta.tables.DeltaTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Each row goes to its rank, once. */
@ExtendWith({SparkExtension.class, SparkDefaults.class})
class LaneShuffleTest {
  private static final UTF8String VALIDATION = UTF8String.fromString(Split.VALIDATION.column());
  private static final UTF8String TEST = UTF8String.fromString(Split.TEST.column());
  private static final UTF8String[] SPLITS = {
    UTF8String.fromString(Split.TRAIN.column()), VALIDATION, TEST
  };

  @TempDir private Path directory;

  /** Rows that are told apart by their first feature; hashes of which many agree. */
  private static EncodedBatch batch(int size, int features, int first, Random random) {
    long[] hashes = new long[size];
    double[] labels = new double[size];
    double[] weights = new double[size];
    UTF8String[] splits = new UTF8String[size];
    float[][] numeric = new float[features][size];
    int[][] categorical = new int[1][size];
    for (int row = 0; row < size; row++) {
      long hash = random.nextLong();
      // Some are the same, some the same but for their last bits.
      hashes[row] = row % 5 == 0 ? 77L << 55 : row % 5 == 1 ? hash & ~0xFFFFL | 3L << 60 : hash;
      splits[row] = SPLITS[random.nextInt(SPLITS.length)];
      labels[row] = random.nextInt(2);
      weights[row] = 1 + random.nextInt(3);
      numeric[0][row] = first + row;
      for (int i = 1; i < features; i++) {
        numeric[i][row] = random.nextFloat();
      }
      categorical[0][row] = random.nextInt(9);
    }
    return new EncodedBatch(size, splits, hashes, labels, weights, numeric, categorical);
  }

  private static List<byte[]> rows(byte[] block, int rowBytes) {
    assertThat(block.length % rowBytes).isZero();
    return IntStream.range(0, block.length / rowBytes)
        .mapToObj(i -> Arrays.copyOfRange(block, i * rowBytes, (i + 1) * rowBytes))
        .toList();
  }

  private static ByteBuffer buffer(byte[] row) {
    return ByteBuffer.wrap(row).order(ByteOrder.nativeOrder());
  }

  private static int compare(byte[] first, byte[] second) {
    int byOrder =
        Long.compare(buffer(first).getLong(LaneRow.ORDER), buffer(second).getLong(LaneRow.ORDER));
    return byOrder != 0 ? byOrder : Arrays.compareUnsigned(first, second);
  }

  @Test
  void every_train_and_validation_row_is_in_a_block_of_its_rank_once() {
    int features = 2000; // Wide rows fill several blocks a rank.
    Random random = new Random(1);
    List<EncodedBatch> batches =
        List.of(
            batch(1500, features, 0, random),
            batch(1, features, 1500, random),
            batch(1700, features, 1501, random));
    int lanes = 7;
    int world = 3;
    int rowBytes = new LaneRow(features, 1).bytes();
    List<Integer> found = new ArrayList<>();
    LaneBlocks dealing = new LaneBlocks(lanes, world);
    int count = 0;
    for (EncodedBatch batch : batches) {
      for (var block : dealing.of(batch)) {
        count++;
        for (byte[] row : rows(block._2().getBinary(0), rowBytes)) {
          long order = buffer(row).getLong(LaneRow.ORDER);
          assertThat(RowOrder.rank(RowOrder.lane(order, lanes), lanes, world))
              .isEqualTo(block._1());
          found.add((int) buffer(row).getFloat(LaneRow.FEATURES));
        }
      }
    }
    assertThat(count).isGreaterThan(2 * world);
    List<Integer> expected = new ArrayList<>();
    for (EncodedBatch batch : batches) {
      for (int row = 0; row < batch.size(); row++) {
        if (!batch.splits()[row].equals(TEST)) {
          expected.add((int) batch.numeric()[0][row]);
        }
      }
    }
    found.sort(null);
    assertThat(found.equals(expected)).isTrue();
  }

  @Test
  void a_row_keeps_its_values() {
    EncodedBatch batch =
        new EncodedBatch(
            2,
            new UTF8String[] {TEST, VALIDATION},
            new long[] {5, 6},
            new double[] {0, 1},
            new double[] {1, 2.5},
            new float[][] {{0, 1.5f}, {0, -2}},
            new int[][] {{0, 42}});
    Iterator<InternalRow> blocks = LaneShuffle.alone(batch);
    ByteBuffer row = buffer(blocks.next().getBinary(0));
    assertThat(blocks.hasNext()).isFalse();
    assertThat(row.remaining()).isEqualTo(new LaneRow(2, 1).bytes());
    assertThat(row.getLong()).isEqualTo(RowOrder.of(6, true));
    assertThat(row.getDouble()).isEqualTo(1);
    assertThat(row.getDouble()).isEqualTo(2.5);
    assertThat(row.getFloat()).isEqualTo(1.5f);
    assertThat(row.getFloat()).isEqualTo(-2);
    assertThat(row.getInt()).isEqualTo(42);
  }

  @Test
  void rows_from_a_cache_in_rows_and_columns_come_out_alike(SparkSession spark) {
    DataSpec spec = spec(table(spark, 3000), null);
    try (PreparedData data = Preparation.prepare(spark, spec, "quantile")) {
      int rowBytes =
          new LaneRow(
                  data.features().layout().numeric().size(),
                  data.features().layout().categorical().size())
              .bytes();
      JavaRDD<EncodedBatch> shuffled = data.features().batches(data.sourceRows().orderBy("x"));
      List<byte[]> columns = lanes(data.batches(), rowBytes);
      assertThat(columns).hasSizeGreaterThan(2000);
      assertSame(columns, lanes(shuffled, rowBytes));
      assertSame(columns, lanes(data.cached().batches(), rowBytes));
    }
  }

  @Test
  void rows_come_out_alike_with_the_places_of_the_first_reading_and_without(SparkSession spark) {
    String table = table(spark, 60_000); // Several batches a file.
    DeltaTable.forPath(spark, table).delete("id % 10 = 3");
    PreparedData open = Preparation.prepare(spark, spec(table, "x > -0.5 or c = 'c1'"), "quantile");
    List<String> expected;
    try (open) {
      expected = encoded(open.features().encode(open.sourceRows().orderBy("x")));
      assertThat(expected).hasSizeGreaterThan(25_000).anyMatch(row -> row.contains("test"));
      assertThat(open.prepared().places().getStorageLevel().useMemory()).isTrue();
      assertThat(encoded(open.encodedRows()).equals(expected)).isTrue();
    }
    assertThat(open.prepared().places().getStorageLevel()).isEqualTo(StorageLevel.NONE());
    assertThat(encoded(open.encodedRows()).equals(expected)).isTrue();
  }

  private String table(SparkSession spark, int rows) {
    String table = directory.resolve("table").toString();
    spark
        .sql(
            """
            select id, if(id %% 5 = 0, null, sin(id)) as x, cos(id) as y,
              concat('c', id %% 7) as c, if(hash(id) %% 2 = 0, 'a', 'b') as label
            from range(%d)"""
                .formatted(rows))
        .repartition(3)
        .write()
        .format("delta")
        .option("delta.enableDeletionVectors", "true")
        .save(table);
    return table;
  }

  private static DataSpec spec(String table, String where) {
    return new DataSpec(
        table, null, null, Task.BINARY, "label", null, null, null, where, null, null);
  }

  private static List<String> encoded(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(Row::toString).sorted().toList();
  }

  private static void assertSame(List<byte[]> first, List<byte[]> second) {
    assertArrayEquals(first.toArray(byte[][]::new), second.toArray(byte[][]::new));
  }

  private static List<byte[]> lanes(JavaRDD<EncodedBatch> batches, int rowBytes) {
    return LaneShuffle.shuffle(batches, 8, 2)
        .toJavaRDD()
        .flatMap(block -> rows(block.getBinary(0), rowBytes).iterator())
        .collect()
        .stream()
        .sorted(LaneShuffleTest::compare)
        .toList();
  }
}
