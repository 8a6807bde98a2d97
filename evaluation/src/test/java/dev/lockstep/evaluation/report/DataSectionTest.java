package dev.lockstep.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.features.DateFeature;
import dev.lockstep.data.profile.ColumnProfile;
import dev.lockstep.data.profile.ColumnProfile.Role;
import dev.lockstep.data.profile.DataProfile;
import dev.lockstep.data.profile.Drift;
import dev.lockstep.data.profile.LabelBalance;
import dev.lockstep.data.profile.Numbers;
import dev.lockstep.data.profile.ValueCount;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DataSectionTest {
  private static ColumnProfile number(String name, Role role) {
    Numbers numbers = new Numbers(0, 1.5, 12_345.678, List.of(90L, 0L, 10L));
    return new ColumnProfile(name, role, "double", 25, 3, Optional.of(numbers), List.of());
  }

  private static ColumnProfile label(int classes) {
    List<ValueCount> values =
        IntStream.range(0, classes).mapToObj(c -> new ValueCount("class " + c, c)).toList();
    return new ColumnProfile("left", Role.LABEL, "string", 0, classes, Optional.empty(), values);
  }

  private static LabelBalance balance(int classes) {
    Map<String, List<Long>> rows = new LinkedHashMap<>();
    for (String split : List.of("train", "validation", "test")) {
      rows.put(split, IntStream.range(0, classes).mapToObj(c -> (long) c).toList());
    }
    return new LabelBalance(IntStream.range(0, classes).mapToObj(c -> "class " + c).toList(), rows);
  }

  private static String page(DataProfile data) {
    return String.join("\n", new DataSection(data, 7).parts());
  }

  @Test
  void of_two_thousand_columns_some_are_shown_and_the_page_says_where_the_others_are() {
    List<ColumnProfile> columns = new ArrayList<>(List.of(label(2)));
    IntStream.range(0, 2000).forEach(i -> columns.add(number("c" + i, Role.FEATURE)));
    Map<String, Double> index = new LinkedHashMap<>();
    IntStream.range(0, 2000).forEach(i -> index.put("c" + (1999 - i), i < 30 ? 0.5 : 0.1));
    Drift drift = new Drift(5, "2026-01-01T00:00:00Z", 90, index, List.of());
    String page =
        page(
            new DataProfile(
                100, 0, columns, balance(2), Optional.of(drift), Optional.empty(), List.of()));
    assertThat(page).contains("1,961 more columns are in result.json");
    assertThat(page).contains("<th scope=\"row\">c38</th>").doesNotContain("row\">c39</th>");
    assertThat(page).contains("Above 0.2 between it and version 7: c1999 (0.50)");
    assertThat(page).contains("c1988 (0.50) and 18 more");
    assertThat(page.length()).isLessThan(150_000);
  }

  @Test
  void drift_above_a_fifth_is_marked_and_names_are_shown_as_they_are() {
    List<ColumnProfile> columns =
        List.of(label(2), number("<b>", Role.FEATURE), number("still", Role.FEATURE));
    Map<String, Double> index = new LinkedHashMap<>(Map.of("<b>", 0.201));
    index.put("still", 0.2);
    index.put("left", 0.0);
    Drift drift = new Drift(5, "2026-01-01T00:00:00Z", 90, index, List.of("new`one"));
    String page =
        page(
            new DataProfile(
                100,
                3,
                columns,
                balance(2),
                Optional.of(drift),
                Optional.empty(),
                List.of(
                    new DateFeature("still", "2025-06-30", List.of("week", "year")),
                    new DateFeature("a<b", "2025-06-30T10:00:00Z", List.of()))));
    assertThat(page)
        .contains(
            "still (days from 2025-06-30, place in the week, place in the year), a&lt;b (days from 2025-06-30T10:00:00Z).");
    assertThat(page).contains("<td class=\"marked\">0.201</td>", "<td>0.200</td>", "<td>0</td>");
    assertThat(page).contains("version 7: &lt;b&gt; (0.20).", "of another type: new`one.");
    assertThat(page).doesNotContain("<b>");
    assertThat(page).contains("100 rows are used; 3 rows of version 7 are left out");
    assertThat(page).contains("25.0 %", "0 … 1.5 … 12,346");
  }

  @Test
  void of_a_hundred_classes_the_fullest_are_shown() {
    String page =
        page(
            new DataProfile(
                14_850,
                0,
                List.of(label(100)),
                balance(100),
                Optional.empty(),
                Optional.of("there is <none>"),
                List.of()));
    assertThat(page).contains("<th scope=\"row\">class 88</th><td>88 (1.8 %)</td>");
    assertThat(page).doesNotContain("<th scope=\"row\">class 87</th>");
    assertThat(page).contains("88 more classes are in result.json");
    assertThat(page).contains("No drift is shown: there is &lt;none&gt;.");
  }

  @Test
  void a_label_that_is_a_number_has_a_line_for_each_split() {
    Map<String, List<Long>> rows = new LinkedHashMap<>();
    rows.put("train", List.of(60L, 0L, 0L));
    rows.put("validation", List.of(0L, 0L, 0L));
    rows.put("test", List.of(30L, 0L, 10L));
    String page =
        page(
            new DataProfile(
                100,
                0,
                List.of(number("price", Role.LABEL)),
                new LabelBalance(List.of(), rows),
                Optional.empty(),
                Optional.of("there is none"),
                List.of()));
    assertThat(page).contains("test ends at 10288, 0.25."); // The middle of the last third.
    assertThat(page).doesNotContain("NaN");
  }
}
