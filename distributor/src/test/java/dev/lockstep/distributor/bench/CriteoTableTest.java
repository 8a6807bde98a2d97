package dev.lockstep.distributor.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.distributor.experiment.ExperimentFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class CriteoTableTest {
  private static final int ROWS = 3_000;

  @Test
  void a_folder_has_the_rows_and_two_experiments_and_is_never_overwritten(
      SparkSession spark, @TempDir Path directory) throws IOException {
    CriteoTable table = new CriteoTable(ROWS, 1_000_000, 7);
    String folder = directory.resolve("made").toString();
    CriteoTable.Result made = table.write(spark, folder, phase -> {});

    List<Row> written = spark.read().format("delta").load(made.table()).collectAsList();
    CriteoRow rows = new CriteoRow(7, 1_000_000);
    assertThat(written)
        .containsExactlyInAnyOrderElementsOf(
            LongStream.range(0, ROWS).mapToObj(rows::row).toList());
    assertThat(written.get(0).length()).isEqualTo(40);
    assertThat(made.positives() / (double) ROWS).isBetween(0.2, 0.35);
    assertThat(ExperimentFile.read(made.sharded()).data().features().hashed().keySet())
        .isEqualTo(ExperimentFile.read(made.hashed()).data().features().hashed().keySet())
        .contains("c3", "c12");

    assertThatThrownBy(() -> table.write(spark, folder, phase -> {}))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining(folder);
    try (var left = Files.list(directory)) {
      assertThat(left).containsExactly(directory.resolve("made"));
    }
  }

  @Test
  void rows_do_not_depend_on_partitions_but_on_the_seed(SparkSession spark) {
    Set<Row> rows = new HashSet<>(new CriteoTable(300, 1_000, 7).data(spark).collectAsList());
    assertThat(new CriteoTable(300, 1_000, 7).data(spark.newSession()).coalesce(1).collectAsList())
        .hasSize(300)
        .allMatch(rows::contains);
    assertThat(new CriteoTable(300, 1_000, 8).data(spark).collectAsList())
        .noneMatch(rows::contains);
  }
}
