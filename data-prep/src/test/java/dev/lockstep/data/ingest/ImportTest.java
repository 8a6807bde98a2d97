package dev.lockstep.data.ingest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.hadoop.io.compress.BZip2Codec;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
            new ImportSpec(file.toString(), table, label, columns, types, text(missing), overwrite))
        .run();
  }

  private static TextOptions text(List<String> missing) {
    return new TextOptions(null, null, null, null, null, null, missing);
  }

  private static ImportReport importing(Object file, String name, String label, TextOptions text) {
    String table = directory.resolve(name).toString();
    return new Import(
            spark, new ImportSpec(file.toString(), table, label, List.of(), Map.of(), text, false))
        .run();
  }

  private static Path file(String name, String text, Charset encoding) throws IOException {
    return Files.writeString(directory.resolve(name), text, encoding);
  }

  private static String type(ImportReport report, String column) {
    return column(report, column).type();
  }

  private static ImportReport.Imported column(ImportReport report, String name) {
    return report.columns().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
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
        .hasMessageContaining("1 of 3 rows of")
        .hasMessageContaining("does not have 3 fields: line 2 has 2");
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
        .hasMessageContaining("2 of 3 rows of")
        .hasMessageContaining("do not have 2 fields: line 4 has 3, line 5 has 1");
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

  @ParameterizedTest
  @ValueSource(strings = {",", ";", "\t", "|", "\u0001"})
  void separators_are_found_out(String separator) throws IOException {
    String csv = "id,amount,kind,left\n1,2.5,red,no\n2,3.25,\"a;b|c,\td\",yes\n";
    String name = "separated" + (int) separator.charAt(0);
    Path file =
        file(name + ".txt", csv.replaceAll(",(?!\t)", Matcher.quoteReplacement(separator)), UTF_8);
    ImportReport report = importing(file, name, "left", TextOptions.none());
    assertThat(report.columns())
        .extracting(ImportReport.Imported::name, ImportReport.Imported::type)
        .containsExactly(
            tuple("id", "bigint"),
            tuple("amount", "double"),
            tuple("kind", "string"),
            tuple("left", "string"));
    assertThat(rows(name)).hasSize(2);
  }

  @Test
  void another_separator_can_be_given_and_a_file_of_one_field_is_refused() throws IOException {
    Path file = file("colons.txt", "id::left\n1::no\n2::yes\n", UTF_8);
    assertThatThrownBy(() -> importing(file, "colons", "left", TextOptions.none()))
        .hasMessageContaining("has one field, 'id::left'")
        .hasMessageContaining("--separator");
    TextOptions given = new TextOptions(null, "::", null, null, null, null, null);
    assertThat(importing(file, "colons", "left", given).columns())
        .extracting(ImportReport.Imported::name)
        .containsExactly("id", "left");
  }

  @Test
  void decimal_commas_are_found_out_where_they_tell_themselves() throws IOException {
    ImportReport report =
        run("decimal", "id;a;b;y\n1;12,5;1.234,5;1\n2;7,25;950;0\n3;1,234;12.000,75;1\n", "y");
    assertThat(rows("decimal"))
        .extracting(r -> r.get(1), r -> r.get(2))
        .containsExactly(tuple(12.5, 1234.5), tuple(7.25, 950.0), tuple(1.234, 12000.75));
    assertThat(report.notes())
        .anyMatch(n -> n.contains("'a' has decimal commas"))
        .anyMatch(n -> n.contains("separated by semicolon"));
    Path file = file("decimal2.csv", "a;y\n1,234;1\n2,500;0\n", UTF_8);
    importing(file, "points", "y", new TextOptions(null, null, null, ".", null, null, null));
    assertThat(rows("points")).extracting(r -> r.get(0)).containsExactly(1234L, 2500L);
  }

  @Test
  void text_is_decoded_by_its_mark_or_as_said_and_never_otherwise() throws IOException {
    String csv = "id,town,left\n1,Z\u00fcrich,no\n2,Z\u00f6rich,yes\n";
    for (Charset encoding : List.of(UTF_16LE, UTF_16BE, Charset.forName("UTF-32LE"))) {
      Path file = file(encoding + ".csv", "\ufeff" + csv, encoding);
      importing(file, encoding.name(), "left", TextOptions.none());
      assertThat(rows(encoding.name())).extracting(r -> r.get(1)).contains("Z\u00fcrich");
    }
    Path latin = file("latin.csv", csv, ISO_8859_1);
    assertThatThrownBy(() -> importing(latin, "latin", "left", TextOptions.none()))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("line 2 is not UTF-8 text")
        .hasMessageContaining("--encoding");
    importing(
        latin, "latin", "left", new TextOptions(null, null, null, null, "latin1", null, null));
    assertThat(rows("latin"))
        .extracting(r -> r.get(1))
        .containsExactly("Z\u00fcrich", "Z\u00f6rich");
    Path wide = file("wide.csv", csv, UTF_16LE);
    assertThatThrownBy(() -> importing(wide, "wide", "left", TextOptions.none()))
        .hasMessageContaining("--encoding");
    assertThatThrownBy(
            () ->
                importing(
                    latin,
                    "x",
                    "left",
                    new TextOptions(null, null, null, null, "utf9", null, null)))
        .hasMessageContaining("--encoding 'utf9' is not known");
  }

  @Test
  void text_that_does_not_decode_far_below_is_named_by_its_line() throws IOException {
    StringBuilder csv = new StringBuilder("id,town,left\n");
    for (int i = 0; i < 30_000; i++) {
      csv.append(i).append(i == 25_000 ? ",Z\u00fcrich" : ",Bern").append(",1\n");
    }
    Path file = file("far.csv", csv.toString(), ISO_8859_1);
    assertThatThrownBy(() -> importing(file, "far", "left", TextOptions.none()))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("line 25,002 is not UTF-8 text");
    assertThat(directory.resolve("far")).doesNotExist();
  }

  @Test
  void quoted_fields_hold_line_breaks_and_line_numbers_stay_those_of_the_file() throws IOException {
    ImportReport report =
        run("breaks", "id,y\r\n1,\"yes\r\nsigned\"\r\n2,\"no\r\nsigned\"\r\n", "y");
    assertThat(report.rows()).isEqualTo(2);
    assertThat(column(report, "y").distinct()).hasValue(2);
    assertThat(report.text()).contains("no\\r\\nsigned .. yes\\r\\nsigned");
    assertThatThrownBy(() -> run("brokenbreaks", "a,y\n\"x\n\ny\",1\n\n2,3,4\n5,6\n", "y"))
        .hasMessageContaining("1 of 3 rows of")
        .hasMessageContaining("line 6 has 3");
  }

  @Test
  void a_backslash_before_quotes_is_found_out() throws IOException {
    run("slash", "n,t,y\n1,\"say \\\"so\\\", he\",no\n2,\"c:\\\\d\",yes\n", "y");
    assertThat(rows("slash")).extracting(r -> r.get(1)).containsExactly("say \"so\", he", "c:\\d");
    run("path", "n,t,y\n1,\"c:\\d\\\",no\n2,\"say \"\"so\"\"\",yes\n", "y");
    assertThat(rows("path")).extracting(r -> r.get(1)).containsExactly("c:\\d\\", "say \"so\"");
  }

  @Test
  void a_quote_without_an_end_swallows_no_rows() {
    assertThatThrownBy(() -> run("open", "n,t\n1,\"abc\n2,def\n3,ghi\n", "n"))
        .hasMessageContaining("a quote in line 2 has no end");
    assertThatThrownBy(() -> run("reopened", "n,t\n1,\"abc\n2,def\n3,\"ghi\"\n", "n"))
        .hasMessageContaining("line 2 has a quote out of place")
        .hasMessageContaining("--quote none");
  }

  @Test
  void folders_patterns_and_compressed_files_are_read_whole() throws IOException {
    Path folder = Files.createDirectories(directory.resolve("parts"));
    Files.writeString(folder.resolve("_SUCCESS"), "");
    Files.writeString(folder.resolve("a.csv"), "id,y\n1,no\n");
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("b.csv.gz")))) {
      out.write("id,y\n2,yes\n".getBytes(UTF_8));
    }
    BZip2Codec codec = new BZip2Codec();
    codec.setConf(spark.sessionState().newHadoopConf());
    try (OutputStream out =
        codec.createOutputStream(Files.newOutputStream(folder.resolve("c.csv.bz2")))) {
      out.write("id,y\n3,yes\n".getBytes(UTF_8));
    }
    zip(folder.resolve("d.zip"), Map.of("d.csv", "id,y\n4,no\n"));
    importing(folder, "ofparts", "y", TextOptions.none());
    assertThat(rows("ofparts")).extracting(r -> r.get(0)).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
    importing(folder + "/*.{gz,zip}", "ofpattern", "y", TextOptions.none());
    assertThat(rows("ofpattern")).extracting(r -> r.get(0)).containsExactlyInAnyOrder(2L, 4L);
    Files.writeString(folder.resolve("e.csv"), "y,id\nno,5\n");
    assertThatThrownBy(() -> importing(folder, "mixed", "y", TextOptions.none()))
        .hasMessageContaining("e.csv: its first line is not that of the first file");
    zip(directory.resolve("two.zip"), Map.of("a.csv", "id,y\n4,no\n", "b.csv", "id,y\n4,no\n"));
    assertThatThrownBy(
            () -> importing(directory.resolve("two.zip"), "two", "y", TextOptions.none()))
        .hasMessageContaining("more than one file");
  }

  private static void zip(Path path, Map<String, String> files) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(path))) {
      for (var file : files.entrySet()) {
        out.putNextEntry(new ZipEntry(file.getKey()));
        out.write(file.getValue().getBytes(UTF_8));
      }
    }
  }

  @Test
  void few_odd_values_among_numbers_are_named_and_usual_marks_are_missing() throws IOException {
    StringBuilder csv = new StringBuilder("id,dash,none,hive,odd,text,y\n");
    for (int i = 0; i < 100; i++) {
      csv.append(
          i == 50
              ? "50,-,None,\\N,o.k.,-,1\n"
              : "%d,%d.5,%d,%d,%d,word,0\n".formatted(i, i, i, i, i));
    }
    ImportReport report = run("odd", csv.toString(), "y");
    assertThat(report.columns())
        .extracting(ImportReport.Imported::type, ImportReport.Imported::missing)
        .containsExactly(
            tuple("bigint", 0L),
            tuple("double", 1L),
            tuple("bigint", 1L),
            tuple("bigint", 1L),
            tuple("string", 0L),
            tuple("string", 0L),
            tuple("bigint", 0L));
    assertThat(report.notes())
        .anyMatch(n -> n.contains("'odd' is text because of 1 value such as 'o.k.' (1)"))
        .anyMatch(n -> n.contains("missing among numbers: 'dash' - (1), 'none' None (1)"))
        .noneMatch(n -> n.contains("'text'"));
    Path file = directory.resolve("odd.csv");
    ImportReport all = importing(file, "odd2", "y", text(List.of("o.k.")));
    assertThat(type(all, "odd")).isEqualTo("bigint");
    ImportReport only = importing(file, "odd3", "y", text(List.of("", "o.k.")));
    assertThat(type(only, "odd")).isEqualTo("bigint");
    assertThat(type(only, "dash")).isEqualTo("string");
  }

  @Test
  void the_country_NA_can_stay() throws IOException {
    String csv = "country,y\nNA,1\nCH,0\n";
    ImportReport report = run("country", csv, "y");
    assertThat(column(report, "country").missing()).isEqualTo(1);
    assertThat(report.notes())
        .anyMatch(n -> n.contains("'country' NA (1)") && n.contains("--missing ''"));
    ImportReport kept = importing("country2", csv, "y", List.of(), Map.of(), List.of(""), false);
    assertThat(column(kept, "country").missing()).isZero();
  }

  @Test
  void numbers_as_people_write_them_are_numbers() throws IOException {
    ImportReport report =
        run(
            "people",
            """
            price|rate|swiss|mixed|phone|y
            $1,234.50|12.5%|1'234|$5|+41 44|1
            $950|7%|12'000.5|5 EUR|-|0
            -$3|0.5 %|7|1|1|0
            """,
            "y");
    assertThat(rows("people"))
        .extracting(r -> r.get(0), r -> r.get(1), r -> r.get(2))
        .containsExactly(
            tuple(1234.5, 12.5, 1234.0), tuple(950.0, 7.0, 12000.5), tuple(-3.0, 0.5, 7.0));
    assertThat(type(report, "mixed")).isEqualTo("string");
    assertThat(report.notes())
        .anyMatch(n -> n.contains("'price' is in '$'"))
        .anyMatch(n -> n.contains("'rate' is in percent, such as '12.5%'"))
        .anyMatch(n -> n.contains("'swiss' has separators between thousands, such as in '1'234'"));
  }

  @Test
  void codes_and_long_numbers_stay_apart() throws IOException {
    ImportReport report =
        run(
            "codes",
            "plz,account,serial,y\n00501,9007199254740993,12345678901234567890,1\n501,9007199254740992,12345678901234567891,0\n",
            "y");
    assertThat(report.columns())
        .extracting(ImportReport.Imported::type, c -> c.distinct().getAsLong())
        .containsExactly(
            tuple("string", 2L), tuple("bigint", 2L), tuple("string", 2L), tuple("bigint", 2L));
    assertThat(report.notes())
        .anyMatch(n -> n.contains("'plz' is text") && n.contains("'00501'"))
        .anyMatch(n -> n.contains("'account' has whole numbers beyond 2^53"))
        .anyMatch(n -> n.contains("'serial' is text"));
    ImportReport given =
        importing(
            "codes2",
            "plz,y\n00501,1\n",
            "y",
            List.of(),
            Map.of("plz", "bigint"),
            List.of(),
            false);
    assertThat(type(given, "plz")).isEqualTo("bigint");
  }

  @Test
  void dates_and_times_are_typed_and_those_that_can_be_two_are_not() throws IOException {
    ImportReport report =
        run(
            "dates",
            """
            iso,german,american,either,time,zoned,y
            2024-02-29,31.12.2024,12/31/2024,03/04/2024,2024-01-02 03:04:05,2024-01-02T03:04:05.5+01:00,1
            2024-03-01,01.02.2024,1/2/2024,04/05/2024,2024-01-02,2024-01-02T03:04Z,0
            ?,-,,05/06/2024,2024-01-02 11:59,,0
            """,
            "y");
    assertThat(report.columns())
        .extracting(ImportReport.Imported::type)
        .containsExactly("date", "date", "date", "string", "timestamp", "timestamp", "bigint");
    assertThat(column(report, "german").greatest()).hasValue("2024-12-31");
    assertThat(column(report, "american").least()).hasValue("2024-01-02");
    assertThat(column(report, "zoned").least()).hasValue("2024-01-02 02:04:05.5");
    assertThat(report.notes())
        .anyMatch(n -> n.contains("'either' is text") && n.contains("--day-first"))
        .anyMatch(n -> n.contains("'time' has times without a zone, read as UTC"));
    Path file = directory.resolve("dates.csv");
    TextOptions dayFirst = new TextOptions(null, null, null, null, null, true, null);
    assertThat(column(importing(file, "dates2", "y", dayFirst), "either").least())
        .hasValue("2024-04-03");
  }

  @Test
  void decimals_are_given_next_to_other_types_and_long_values_are_shown_cut() throws IOException {
    ImportReport report =
        importing(
            "money",
            "a,z,y\n\"1,234.50\",007,%s\n2,8,x\n".formatted("long".repeat(100)),
            "y",
            List.of(),
            Map.of("a", "decimal(10,2)", "z", "string"),
            List.of(),
            false);
    assertThat(report.columns())
        .extracting(ImportReport.Imported::type)
        .containsExactly("decimal(10,2)", "string", "string");
    assertThat(rows("money").get(0).getDecimal(0)).isEqualByComparingTo("1234.50");
    assertThat(report.text()).contains("longlong\u2026").doesNotContain("long".repeat(20));
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
