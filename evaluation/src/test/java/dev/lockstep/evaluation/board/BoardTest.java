package dev.lockstep.evaluation.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.evaluation.ledger.LedgerRows;
import dev.lockstep.evaluation.ledger.RunRecord;
import dev.lockstep.evaluation.report.WellFormed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoardTest {
  private static final String HISTORY =
      "model,seed,epoch,step,trainingLoss,validationLoss,validationMetric,rowsPerSecond,seconds\n";

  @TempDir Path directory;

  /** A run's folder beside the ledger, as of runs that were moved. */
  private Path folder(String id) throws Exception {
    Path folder = Files.createDirectories(directory.resolve(id));
    Files.writeString(folder.resolve("experiment.yaml"), "table: people\n");
    return folder;
  }

  private Board board(RunRecord... runs) {
    return Board.of(directory.resolve("ledger").toString(), List.of(runs), new Configuration());
  }

  @Test
  void a_run_without_a_folder_or_with_a_torn_one_has_what_the_ledger_says() throws Exception {
    Files.writeString(folder("torn").resolve("result.json"), "{\"verdict\": \"mlp be");
    Files.writeString(
        directory.resolve("torn/history.csv"), HISTORY + "mlp,1,1,10,0.5,0.4,0.8,9,1\nml");
    Board board = board(LedgerRows.run("gone", 0.8), LedgerRows.run("torn", 0.9));
    assertThat(board.runs()).extracting(BoardRun::result).containsOnly(Optional.empty());
    assertThat(board.runs().get(0).curves()).isEmpty();
    assertThat(board.runs().get(1).curves())
        .containsExactly(
            new LearningCurve("mlp, seed 1", List.of(new LearningCurve.Point(1, 0.5, 0.4, 0.8))));
    assertThat(BoardPage.render(board, Optional.of(directory)))
        .contains("mlp 0.9000", "gone")
        .doesNotContain("href=\"./torn");
  }

  @Test
  void curves_are_few_and_short_and_an_epoch_counts_once() {
    String lines =
        IntStream.rangeClosed(1, 5000)
            .mapToObj(epoch -> "mlp,1,%d,0,%s,,NaN,9,1\n".formatted(epoch, 1.0 / epoch))
            .collect(Collectors.joining());
    String others =
        IntStream.range(0, 50)
            .mapToObj(seed -> "tabm,%d,1,0,1,1,1,9,1\n".formatted(seed))
            .collect(Collectors.joining());
    List<LearningCurve> curves =
        LearningCurve.read(HISTORY + lines + "mlp,1,5000,0,0.5,,,9,1\n" + others);
    assertThat(curves).hasSize(LearningCurve.MOST_CURVES);
    List<LearningCurve.Point> points = curves.get(0).points();
    assertThat(points).hasSize(LearningCurve.MOST_POINTS);
    assertThat(points.get(0)).isEqualTo(new LearningCurve.Point(1, 1.0, null, null));
    assertThat(points.get(points.size() - 1))
        .as("it was trained again from a checkpoint")
        .isEqualTo(new LearningCurve.Point(5000, 0.5, null, null));
    assertThat(LearningCurve.read("something,else\n1,2\n")).isEmpty();
  }

  @Test
  void the_best_model_leads_among_runs_on_the_same_rows() {
    RunRecord first = LedgerRows.run("first", 0.8);
    RunRecord second = LedgerRows.run("second", 0.9);
    List<TableLeader> leaders = TableLeader.of(board(first, second).runs());
    assertThat(leaders).hasSize(1);
    assertThat(leaders.get(0).best().run().row()).isEqualTo(second);
    assertThat(leaders.get(0).best().value()).isEqualTo(0.9);
    assertThat(leaders.get(0).runs()).isEqualTo(2);
    assertThat(leaders.get(0).next()).as("another model").isEmpty();
  }

  @Test
  void what_users_write_stays_text() throws Exception {
    String hostile = "</script><!-- ]]> <b>&amp;'\"\u2028";
    RunRecord run = LedgerRows.run(hostile.replace("/", ""), 0.5);
    String page = BoardPage.render(board(run), Optional.empty());
    var document = WellFormed.page(page);
    assertThat(document.getElementsByTagName("b").getLength()).isZero();
    assertThat(document.getElementsByTagName("script").getLength()).isEqualTo(2);
    assertThat(page).doesNotContain("<b>", "<!--").contains("default-src 'none'");
  }
}
