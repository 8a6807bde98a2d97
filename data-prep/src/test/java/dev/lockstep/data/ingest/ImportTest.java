package dev.lockstep.data.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class ImportTest {
  @TempDir static Path directory;
  private static SparkSession spark;

  @BeforeAll
  static void use(SparkSession session) {
    spark = session;
  }

  private static ImportReport run(String name, String csv, String label, String... columns)
      throws IOException {
    Path file = directory.resolve(name + ".csv");
    Files.writeString(file, csv);
    ImportSpec spec =
        new ImportSpec(
            file.toString(),
            directory.resolve(name).toString(),
            label,
            null,
            List.of(columns),
            Map.of(),
            List.of(),
            false);
    return new Import(spark, spec).run();
  }

  @Test
  void a_file_with_names_gets_types_from_its_values() throws IOException {
    ImportReport report = run("named", "a,b,c,d\n1, x ,2.5,?\n2,?,3,\n", "b");
    assertThat(report.rows()).isEqualTo(2);
    assertThat(report.columns())
        .extracting(ImportReport.Imported::type)
        .containsExactly("bigint", "string", "double", "string");
    assertThat(report.columns())
        .extracting(ImportReport.Imported::missing)
        .containsExactly(0L, 1L, 0L, 2L);
    assertThat(report.columns().get(1).least()).isEqualTo("x");
    assertThat(report.notes()).anyMatch(n -> n.contains("taken for column names"));
  }

  @Test
  void a_file_without_names_has_its_label_in_the_last_column() throws IOException {
    ImportReport report = run("bare", "1,2,yes\n3,4,no\n", "y");
    assertThat(report.columns())
        .extracting(ImportReport.Imported::name)
        .containsExactly("c0", "c1", "y");
    assertThat(report.rows()).isEqualTo(2);
  }

  @Test
  void a_full_stop_after_every_label_is_taken_off() throws IOException {
    ImportReport report = run("stop", "1,<=50K.\n2,>50K.\n", "income", "age", "income");
    assertThat(report.columns().get(1).greatest()).isEqualTo(">50K");
    assertThat(report.notes()).anyMatch(n -> n.contains("full stop"));
  }

  @Test
  void a_row_with_too_few_fields_stops_the_import_and_writes_nothing() {
    assertThatThrownBy(() -> run("torn", "1,2,3\n4,5\n6,7,8\n", "c2"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("1 rows of")
        .hasMessageContaining("do not have 3 fields, such as: 4,5");
    assertThat(directory.resolve("torn")).doesNotExist();
  }

  @Test
  void wrong_names_are_refused_with_a_way_out() {
    assertThatThrownBy(() -> run("few", "1,2,3\n", "a", "a", "b"))
        .hasMessageContaining("--columns gives 2 names, but the first line of");
    assertThatThrownBy(() -> run("label", "aa,bb\n1,2\n", "ab"))
        .hasMessageContaining("--label 'ab' is not a column");
  }

  @Test
  void a_table_that_is_there_is_not_overwritten_unasked() throws IOException {
    run("twice", "a,b\n1,2\n", "a");
    assertThatThrownBy(() -> run("twice", "a,b\n1,2\n", "a"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("--overwrite");
  }
}
