package dev.lockstep.evaluation.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.snapshot.DeltaHistory;
import io.delta.tables.DeltaTable;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class CommitLineTest {
  @TempDir static Path directory;

  @Test
  void commits_say_how_many_rows_came_changed_and_went(SparkSession spark) {
    String path = directory.resolve("numbers").toString();
    spark.range(10).selectExpr("id", "0 AS v").write().format("delta").save(path);
    DeltaTable table = DeltaTable.forPath(spark, path);
    table
        .as("t")
        .merge(spark.range(8, 12).selectExpr("id", "1 AS v").as("s"), "t.id = s.id")
        .whenMatched()
        .updateAll()
        .whenNotMatched()
        .insertAll()
        .execute();
    table.delete("id < 3");

    List<CommitLine> lines =
        DeltaHistory.of(spark, path).commits().stream().map(CommitLine::of).toList();

    assertThat(lines).extracting(CommitLine::operation).containsExactly("DELETE", "MERGE", "WRITE");
    assertThat(lines).extracting(CommitLine::written).containsExactly(0L, 2L, 10L);
    assertThat(lines).extracting(CommitLine::updated).containsExactly(0L, 2L, 0L);
    assertThat(lines).extracting(CommitLine::deleted).containsExactly(3L, 0L, 0L);
    assertThat(lines).last().satisfies(l -> assertThat(l.bytes()).isPositive());
    assertThat(lines.get(0).text()).matches(" +2  \\S+Z +DELETE .*");
  }

  @Test
  void a_missing_table_is_named(SparkSession spark) {
    String path = directory.resolve("nowhere").toString();
    assertThatThrownBy(() -> DeltaHistory.of(spark, path))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("there is no Delta table at " + path);
  }
}
