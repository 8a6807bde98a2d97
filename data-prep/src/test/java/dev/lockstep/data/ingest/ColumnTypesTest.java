package dev.lockstep.data.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.lockstep.data.LockstepException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which type a column gets from its values, or is given. */
class ColumnTypesTest extends Importing {
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
  void all_missing_marks_become_null_and_so_do_the_users() throws IOException {
    String marks = "?\nNA\nN/A\nnull\nNaN\n-\n\"\"\n";
    String csv = "x,y\n1,1\n" + marks.replace("\n", ",0\n");
    ImportReport report = importing("marks", csv, "y", List.of(), Map.of(), List.of("-"), false);
    assertThat(report.columns().get(0).type()).isEqualTo("bigint");
    assertThat(report.columns().get(0).missing()).isEqualTo(7);
    assertThat(report.rows()).isEqualTo(8);
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
  void a_column_without_any_value_is_said_to_be_so() throws IOException {
    ImportReport report = run("hollow", "a,b,y\n1,?,1\n2,,?\n", "y");
    assertThat(report.columns().get(1).least()).isEmpty();
    assertThat(report.notes())
        .contains("column 'b' has no value in any row", "1 rows have no label");
    assertThat(report.text()).contains("nothing");
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
}
