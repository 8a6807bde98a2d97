package dev.lockstep.data.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.lockstep.data.LockstepException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is imported, where to, and what is left when it fails. */
class ImportTest extends Importing {
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
    assertThat(report.columns().get(1).greatest()).hasValue(">50K");
    assertThat(report.notes()).anyMatch(n -> n.contains("full stop"));
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

  @Test
  void a_first_line_with_the_label_has_names_even_if_all_values_are_words() throws IOException {
    ImportReport report = run("words", "\ufeffcolor,label\nred,yes\nblue,no\n", "label");
    assertThat(report.rows()).isEqualTo(2);
    assertThat(report.columns().get(0).name()).isEqualTo("color");
    assertThat(report.notes()).anyMatch(n -> n.contains("the label is among them"));
  }

  @Test
  void a_full_stop_that_some_labels_lack_stays() throws IOException {
    ImportReport report = run("somestop", "1,no.\n2,yes\n", "y");
    assertThat(report.columns().get(1).least()).hasValue("no.");
    assertThat(report.notes()).noneMatch(n -> n.contains("full stop"));
  }

  @Test
  void names_that_delta_cannot_hold_are_changed_and_doubled_ones_refused() throws IOException {
    ImportReport report = run("blanks", "hours per week,pay (k)\n1,2\n", "pay (k)");
    assertThat(report.columns())
        .extracting(ImportReport.Imported::name, ImportReport.Imported::role)
        .containsExactly(tuple("hours_per_week", "feature"), tuple("pay_k_", "label"));
    assertThat(report.notes()).anyMatch(n -> n.contains("'hours per week' is hours_per_week"));
    assertThatThrownBy(() -> run("double", "a,b,A\n1,2,3\n", "b"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("columns 1 and 3 of");
  }

  @Test
  void overwriting_makes_a_new_version_with_the_new_columns() throws IOException {
    run("again", "a,b\n1,2\n", "a");
    ImportReport report =
        importing("again", "a,c\nx,2\n", "a", List.of(), Map.of(), List.of(), true);
    assertThat(report.version()).isEqualTo(1);
    assertThat(report.columns()).extracting(ImportReport.Imported::name).containsExactly("a", "c");
  }

  @Test
  void a_folder_of_other_things_is_never_overwritten() throws IOException {
    Files.createDirectories(directory.resolve("photos"));
    Files.writeString(directory.resolve("photos/cat.txt"), "miaow");
    assertThatThrownBy(
            () -> importing("photos", "a,b\n1,2\n", "a", List.of(), Map.of(), List.of(), true))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("is no Delta table");
    assertThat(directory.resolve("photos/cat.txt")).hasContent("miaow");
  }

  @Test
  void a_parquet_folder_is_imported_with_given_types_and_a_delta_table_is_not() throws IOException {
    Path folder = directory.resolve("parquet");
    spark.range(3).selectExpr("id", "id * 2 AS `the label`").write().parquet(folder.toString());
    ImportReport report =
        importing(
            folder, "ofparquet", "the label", List.of(), Map.of("id", "string"), List.of(), false);
    assertThat(report.columns())
        .extracting(ImportReport.Imported::name, ImportReport.Imported::type)
        .containsExactly(tuple("id", "string"), tuple("the_label", "bigint"));
    assertThatThrownBy(
            () ->
                importing(
                    directory.resolve("ofparquet"),
                    "copy",
                    "id",
                    List.of(),
                    Map.of(),
                    List.of(),
                    false))
        .hasMessageContaining("is a Delta table already");
  }

  @Test
  void names_of_a_file_of_texts_are_recognised_and_a_misspelt_label_is_refused()
      throws IOException {
    StringBuilder csv = new StringBuilder("town,kind,left\n");
    for (int i = 0; i < 30; i++) {
      csv.append("Bern,%s,%s\n".formatted(i % 3 == 0 ? "full" : "part", i % 2 == 0 ? "yes" : "no"));
    }
    assertThatThrownBy(() -> run("texts", csv.toString(), "lefft"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("--label 'lefft' is not a column")
        .hasMessageContaining("Did you mean 'left'?");
    assertThatThrownBy(() -> run("texts", csv.toString(), "outcome"))
        .hasMessageContaining("--label 'outcome' is not a column");
    assertThatThrownBy(() -> run("texts", "town,left\nBern,yes\nThun,no\n", "lft"))
        .hasMessageContaining("Did you mean 'left'?");
    assertThat(directory.resolve("texts")).doesNotExist();
    run("bared", csv.substring(csv.indexOf("\n") + 1), "y");
    assertThat(rows("bared")).hasSize(30);
  }

  @Test
  void an_import_that_fails_leaves_nothing_and_says_the_same_again() throws IOException {
    Files.createDirectories(directory.resolve("nothing"));
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> run("nothing", "id,amount,left\n", "left"))
          .isInstanceOf(LockstepException.class)
          .hasMessageContaining("has no rows");
      assertThat(directory.resolve("nothing")).isEmptyDirectory();
    }
    Path damaged = directory.resolve("damaged.parquet");
    spark.range(3).selectExpr("id", "id % 2 as y").coalesce(1).write().parquet(damaged.toString());
    try (var parts = Files.list(damaged)) {
      for (Path part : parts.toList()) {
        if (part.toString().endsWith(".crc")) {
          Files.delete(part);
        } else if (Files.size(part) > 0) {
          byte[] bytes = Files.readAllBytes(part);
          Arrays.fill(bytes, 4, 60, (byte) 0xff);
          Files.write(part, bytes);
        }
      }
    }
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> importing(damaged, "broken", "y", TextOptions.none()))
          .isInstanceOf(LockstepException.class)
          .hasMessageContaining("cannot import");
      assertThat(directory.resolve("broken")).doesNotExist();
    }
    try (var left = Files.list(directory)) {
      assertThat(left.map(p -> p.getFileName().toString())).noneMatch(n -> n.startsWith(".broken"));
    }
  }

  @Test
  void columns_that_cannot_be_features_are_named_in_one_note() {
    Path folder = directory.resolve("nested.parquet");
    spark
        .range(4)
        .selectExpr(
            "id",
            "map('k', id) as tags",
            "array(id) as basket",
            "named_struct('a', id) as inside",
            "cast('x' as binary) as blob",
            "timestamp_ntz'2024-01-02 03:04:05' as bought",
            "id % 2 as y")
        .write()
        .parquet(folder.toString());
    ImportReport report = importing(folder, "nested", "y", TextOptions.none());
    assertThat(report.rows()).isEqualTo(4);
    assertThat(report.notes())
        .filteredOn(n -> n.contains("cannot be features"))
        .singleElement()
        .asString()
        .contains("tags (map<", "basket (array<", "inside (struct<", "blob (binary)");
    assertThat(report.columns())
        .extracting(ImportReport.Imported::role)
        .containsExactly("feature", "unused", "unused", "unused", "unused", "feature", "label");
    assertThat(report.notes())
        .anyMatch(n -> n.contains("without a zone") && n.endsWith(": bought"));
    assertThat(report.text()).contains("unused");
  }
}
