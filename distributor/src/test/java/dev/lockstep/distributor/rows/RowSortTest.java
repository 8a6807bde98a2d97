package dev.lockstep.distributor.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowSortTest {
  /** More than are sorted in memory at once. */
  private static final int ROWS = 2_500_000;

  @TempDir private Path directory;

  @Test
  void rows_that_do_not_fit_a_run_are_merged() throws IOException {
    Random random = new Random(7);
    try (MappedRows rows = new MappedRows(directory, 2 * Long.BYTES);
        MappedRows places = new MappedRows(directory, Long.BYTES)) {
      for (int row = 0; row < ROWS; row++) {
        long order = random.nextLong();
        // Some differ in their last bits only, some in what follows their order, some in nothing.
        rows.append()
            .putLong(row % 3 == 0 ? order : order & 0xf000000000000003L)
            .putLong(random.nextInt(1000));
      }
      rows.seal();
      RowSort.sort(rows, directory, places);
      places.seal();
      assertThat(places.rows()).isEqualTo(ROWS);
      BitSet seen = new BitSet();
      long before = -1;
      for (long place = 0; place < ROWS; place++) {
        long row = places.segment(place).getLong(places.offset(place));
        seen.set((int) row);
        if (before >= 0) {
          int byOrder = Long.compare(order(rows, before), order(rows, row));
          assertThat(byOrder != 0 ? byOrder : rows.compare(before, row)).isNotPositive();
        }
        before = row;
      }
      assertThat(seen.cardinality()).isEqualTo(ROWS);
    }
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  private static long order(MappedRows rows, long row) {
    return rows.segment(row).getLong(rows.offset(row));
  }
}
