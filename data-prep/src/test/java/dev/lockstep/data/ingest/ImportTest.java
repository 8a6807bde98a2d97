package dev.lockstep.data.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
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
    return importing(name, csv, label, List.of(columns), Map.of(), List.of(), false);
  }

  private static ImportReport importing(
      String name,
      String csv,
      String label,
      List<String> columns,
      Map<String, String> types,
      List<String> missing,
      boolean overwrite)
      throws IOException {
    Path file = directory.resolve(name + ".csv");
    Files.writeString(file, csv);
    return importing(file, name, label, columns, types, missing, overwrite);
  }

  private static ImportReport importing(
      Path file,
      String name,
      String label,
      List<String> columns,
      Map<String, String> types,
      List<String> missing,
      boolean overwrite) {
    String table = directory.resolve(name).toString();
    return new Import(
            spark,
            new ImportSpec(file.toString(), table, label, null, columns, types, missing, overwrite))
        .run();
  }

  private static List<Row> rows(String name) {
    return spark.read().format("delta").load(directory.resolve(name).toString()).collectAsList();
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
    assertThat(report.columns().get(1).least()).hasValue("x");
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
    assertThat(report.columns().get(1).greatest()).hasValue(">50K");
    assertThat(report.notes()).anyMatch(n -> n.contains("full stop"));
  }

  @Test
  void a_row_with_too_few_fields_stops_the_import_and_writes_nothing() {
    assertThatThrownBy(() -> run("torn", "1,2,3\n4,5\n6,7,8\n", "c2"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("1 line of")
        .hasMessageContaining("does not have 3 fields; the first is line 2");
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

  @Test
  void every_torn_line_counts_and_the_first_is_named_by_its_number() {
    assertThatThrownBy(() -> run("long", "a,b\n1,2\n\n 3,4,5\n6\n", "b"))
        .hasMessageContaining("2 lines of")
        .hasMessageContaining("do not have 2 fields; the first is line 4");
  }

  @Test
  void a_first_line_with_the_label_has_names_even_if_all_values_are_words() throws IOException {
    ImportReport report = run("words", "\ufeffcolor,label\nred,yes\nblue,no\n", "label");
    assertThat(report.rows()).isEqualTo(2);
    assertThat(report.columns().get(0).name()).isEqualTo("color");
    assertThat(report.notes()).anyMatch(n -> n.contains("the label is among them"));
  }

  @Test
  void all_missing_marks_become_null_and_so_do_the_users() throws IOException {
    String marks = "?\nNA\nN/A\nnull\nNaN\n-\n\"\"\n";
    String csv = "x,y\n1,1\n" + marks.replace("\n", ",0\n");
    ImportReport report = importing("marks", csv, "y", List.of(), Map.of(), List.of("-"), false);
    assertThat(report.columns().get(0).type()).isEqualTo("bigint");
    assertThat(report.columns().get(0).missing()).isEqualTo(7);
    assertThat(report.rows()).isEqualTo(8);
  }

  @Test
  void a_full_stop_that_some_labels_lack_stays() throws IOException {
    ImportReport report = run("somestop", "1,no.\n2,yes\n", "y");
    assertThat(report.columns().get(1).least()).hasValue("no.");
    assertThat(report.notes()).noneMatch(n -> n.contains("full stop"));
  }

  @Test
  void quoted_fields_hold_commas_and_doubled_quotes() throws IOException {
    run("quotes", "n,t\n1,\"a \"\"b\"\", c\"\n", "n");
    assertThat(rows("quotes").get(0).getString(1)).isEqualTo("a \"b\", c");
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
  void given_types_win_over_what_values_look_like() throws IOException {
    ImportReport report =
        importing(
            "given",
            "zip,y\n02139,1\n",
            "y",
            List.of(),
            Map.of("zip", "string", "y", "double"),
            List.of(),
            false);
    assertThat(report.columns())
        .extracting(ImportReport.Imported::type)
        .containsExactly("string", "double");
    assertThat(rows("given").get(0).getString(0)).isEqualTo("02139");
  }

  @Test
  void given_types_that_do_not_fit_or_do_not_exist_are_refused() {
    assertThatThrownBy(() -> typedAs("unfit", "x", "long"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("'x' the type bigint, but 1 of its values")
        .hasMessageContaining("such as 'tall'");
    assertThatThrownBy(() -> typedAs("unknown", "x", "number"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("the type 'number', which is not one");
    assertThatThrownBy(() -> typedAs("nowhere", "xx", "long"))
        .hasMessageContaining("Did you mean 'x'?");
    assertThat(directory.resolve("unfit")).doesNotExist();
  }

  private static ImportReport typedAs(String name, String column, String type) throws IOException {
    return importing(
        name, "x,y\n1,2\ntall,3\n", "y", List.of(), Map.of(column, type), List.of(), false);
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
  void a_column_without_any_value_is_said_to_be_so() throws IOException {
    ImportReport report = run("hollow", "a,b,y\n1,?,1\n2,,?\n", "y");
    assertThat(report.columns().get(1).least()).isEmpty();
    assertThat(report.notes())
        .contains("column 'b' has no value in any row", "1 rows have no label");
    assertThat(report.text()).contains("nothing");
  }
}
