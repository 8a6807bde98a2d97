package dev.lockstep.data.ingest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.lockstep.data.LockstepException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.hadoop.io.compress.BZip2Codec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a text becomes fields: separators, quotes, encodings, files in folders and archives. */
class CsvTextTest extends Importing {
  @Test
  void a_row_with_too_few_fields_stops_the_import_and_writes_nothing() {
    assertThatThrownBy(() -> run("torn", "1,2,3\n4,5\n6,7,8\n", "c2"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("1 of 3 rows of")
        .hasMessageContaining("does not have 3 fields: line 2 has 2");
    assertThat(directory.resolve("torn")).doesNotExist();
  }

  @Test
  void every_torn_line_counts_and_the_first_is_named_by_its_number() {
    assertThatThrownBy(() -> run("long", "a,b\n1,2\n\n 3,4,5\n6\n", "b"))
        .hasMessageContaining("2 of 3 rows of")
        .hasMessageContaining("do not have 2 fields: line 4 has 3, line 5 has 1");
  }

  @Test
  void quoted_fields_hold_commas_and_doubled_quotes() throws IOException {
    run("quotes", "n,t\n1,\"a \"\"b\"\", c\"\n", "n");
    assertThat(rows("quotes").get(0).getString(1)).isEqualTo("a \"b\", c");
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
}
