package dev.lockstep.evaluation.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.evaluation.board.BoardFile;
import dev.lockstep.evaluation.comparison.ComparisonListener;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.RunRecord;
import dev.lockstep.evaluation.suite.SuiteFile;
import dev.lockstep.evaluation.suite.SuiteRuns;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The pages of a suite of two tables and of its ledger, as a reader has them. */
@ExtendWith(SparkExtension.class)
class PagesTest {
  private static final int WIDE = 1400;
  private static final int NARROW = 420;

  /** A value of the table that would be an element, and a script, if it were not text. */
  private static final String HOSTILE = "</script><img src=x onerror=\"window.hacked=1\">";

  @TempDir static Path directory;
  private static Chromium chromium;
  private static List<RunRecord> runs;
  private static String board;
  private static String suite;

  @BeforeAll
  static void run(SparkSession spark) {
    chromium = Chromium.start();
    spark
        .range(400)
        .selectExpr(
            "id",
            "sin(id * 7) x",
            "sin(id * 7) + 0.5 * cos(id * 13) value",
            "if(pmod(id, 3) = 0, '%s', 'a') kind".formatted(HOSTILE))
        .selectExpr("*", "if(value > 0, '%s', 'no') bought".formatted(HOSTILE))
        .write()
        .format("delta")
        .save(directory.resolve("table").toString());
    String text =
        """
        # %2$s
        output: %1$s/runs
        experiment:
          table: %1$s/table
          model: linear
          baselines: [constant]
          key: id
          features: {numeric: [x], categorical: [kind]}
          training: {epochs: 3, learningRate: 0.05, ranks: 1}
        tables:
          - {name: first, task: binary, label: bought}
          - {name: second, task: regression, label: value}
        """
            .formatted(directory, HOSTILE);
    Ledger ledger = new Ledger(spark, directory + "/runs/ledger");
    suite =
        new SuiteRuns(spark, RendezvousOptions.defaults(), ComparisonListener.NONE, ledger)
            .run(SuiteFile.parse(text, "suite.yaml"), "suite.yaml")
            .page();
    runs = ledger.runs("", 10);
    board =
        BoardFile.write(ledger.path(), runs, Optional.empty(), spark.sessionState().newHadoopConf())
            .page();
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
  }

  private static String address(String file) {
    return Path.of(file).toUri().toString();
  }

  private static List<String> pages() {
    return Stream.concat(
            Stream.of(board, suite), runs.stream().map(run -> run.folder() + "/report.html"))
        .toList();
  }

  @Test
  void pages_fit_their_window_light_and_dark_and_nothing_goes_wrong() {
    for (String file : pages()) {
      for (int width : new int[] {WIDE, NARROW}) {
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
          try (OpenPage open = chromium.open(address(file), width, scheme)) {
            open.assertSound();
            assertThat(open.asked()).as("nothing but the page").containsExactly(address(file));
            assertThat(open.page().evaluate("window.hacked")).isNull();
            assertThat(open.page().locator("img").count()).isZero();
          }
        }
      }
    }
  }

  @Test
  void the_tab_key_goes_through_a_page_in_its_order() {
    for (String file : List.of(board, runs.get(1).folder() + "/report.html")) {
      try (OpenPage open = chromium.open(address(file), NARROW, ColorScheme.LIGHT)) {
        List<Integer> order = open.tabOrder();
        assertThat(order).hasSizeGreaterThan(4).isSortedAccordingTo(Comparator.naturalOrder());
        Page page = open.page();
        page.keyboard().press("Tab");
        page.keyboard().press("Enter"); // The first link skips to the content.
        assertThat(page.locator(":focus")).hasAttribute("id", "content");
        for (Locator picture : page.locator("svg[role=img]").all()) {
          assertThat(picture.locator("title").first().textContent()).isNotBlank();
        }
        for (Locator table : page.locator("table").all()) {
          assertThat(table.locator("caption").textContent()).isNotBlank();
        }
        assertThat(page.locator("h1")).hasCount(1);
      }
    }
  }

  @Test
  void a_boards_runs_are_sorted_and_filtered_by_keyboard() {
    try (OpenPage open = chromium.open(address(board), WIDE, ColorScheme.LIGHT)) {
      Page page = open.page();
      Locator table = page.locator("table[data-rows=runs]");
      Locator labels = table.locator("tbody tr td:nth-child(5)");
      assertThat(labels).hasText(new String[] {"value", "bought"});
      Locator head = table.getByRole(AriaRole.COLUMNHEADER).filter(named("label"));
      assertThat(head).not().hasAttribute("aria-sort", Pattern.compile(".*"));
      head.getByRole(AriaRole.BUTTON).press("Enter");
      assertThat(head).hasAttribute("aria-sort", "ascending");
      assertThat(labels).hasText(new String[] {"bought", "value"});
      head.getByRole(AriaRole.BUTTON).press("Enter");
      assertThat(head).hasAttribute("aria-sort", "descending");
      assertThat(labels).hasText(new String[] {"value", "bought"});

      Locator filter = page.getByLabel("Filter runs");
      filter.fill("bought finished");
      assertThat(table.locator("tbody tr:visible")).hasCount(1);
      assertThat(page.locator("output").filter(named("of 2 runs"))).hasText("1 of 2 runs");
      filter.fill("");
      assertThat(table.locator("tbody tr:visible")).hasCount(2);
      open.assertSound();
    }
  }

  private static Locator.FilterOptions named(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }

  @Test
  void two_runs_lie_side_by_side_with_what_differs_first() {
    try (OpenPage open = chromium.open(address(board), NARROW, ColorScheme.LIGHT)) {
      Page page = open.page();
      page.getByLabel("Run A").selectOption("1");
      page.getByLabel("Run B").selectOption("0");
      Locator facts = page.getByRole(AriaRole.TABLE, byName("What differs"));
      assertThat(facts.locator("th[scope=rowgroup]").first()).hasText("Settings");
      assertThat(facts.locator("tr").filter(named("task")).first())
          .containsText(Pattern.compile("binary\\s*regression"));
      assertThat(page.locator("#compare figure")).hasCount(3);
      assertThat(page.locator("#compare del").first()).containsText("task: binary");
      page.getByText("What is the same").first().click();
      assertThat(page.getByRole(AriaRole.TABLE, byName("What is the same")))
          .containsText("table id");
      open.assertSound();
      page.getByLabel("Run A").selectOption("0");
      assertThat(page.locator("#compare output")).containsText("the same run");
    }
  }

  private static Page.GetByRoleOptions byName(String name) {
    return new Page.GetByRoleOptions().setName(name);
  }

  @Test
  void a_board_without_scripts_is_a_page_of_tables_with_links() {
    try (OpenPage open = chromium.open(address(board), WIDE, ColorScheme.DARK, false)) {
      Page page = open.page();
      assertThat(page.locator("table[data-rows=runs] tbody tr")).hasCount(2);
      assertThat(page.locator("#compare")).containsText("lockstep diff RUN RUN");
      page.getByRole(AriaRole.LINK, byName("suite.yaml")).click();
      page.goBack();
      String newest = runs.get(0).runId();
      page.locator("table[data-rows=runs]")
          .getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName(newest))
          .click();
      assertThat(page.locator("h1")).hasText("Predicting value");
      open.assertSound();
    }
  }
}
