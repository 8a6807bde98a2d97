package dev.lockstep.evaluation.board;

import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.evaluation.board.BoardRun.Scored;
import dev.lockstep.evaluation.ledger.RunRecord;
import dev.lockstep.evaluation.metrics.MainMetric;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The best model of one version of a table for one label, among runs whose splits have as many
 * rows.
 *
 * @param best the model with the best value of the metric that decides, of all runs
 * @param next the best one of another name
 * @param runs number of runs
 */
record TableLeader(Scored best, Optional<Scored> next, int runs) {
  /** What runs must have in common for their metrics to be of the same rows. */
  private record Rows(
      String location,
      String id,
      long version,
      Optional<PinnedTable> test,
      String label,
      String task,
      Map<String, Long> splits) {
    static Rows of(RunRecord run) {
      PinnedTable source = run.data().source();
      return new Rows(
          source.location(),
          source.id(),
          source.version(),
          run.data().testSource(),
          run.label(),
          run.task(),
          run.data().splits());
    }
  }

  /** The leaders, in the order of the runs. */
  static List<TableLeader> of(List<BoardRun> runs) {
    Map<Rows, List<BoardRun>> byRows = new LinkedHashMap<>();
    for (BoardRun run : runs) {
      if (!run.scored().isEmpty()) {
        byRows.computeIfAbsent(Rows.of(run.row()), rows -> new ArrayList<>()).add(run);
      }
    }
    return byRows.values().stream().map(TableLeader::leader).toList();
  }

  private static TableLeader leader(List<BoardRun> runs) {
    MainMetric metric = runs.get(0).metric().orElseThrow();
    List<Scored> models =
        runs.stream()
            .flatMap(run -> run.scored().stream())
            .sorted(Comparator.comparingDouble((Scored s) -> metric.gain(s.value(), 0)).reversed())
            .toList();
    Scored best = models.get(0);
    Optional<Scored> next =
        models.stream().filter(s -> !s.model().equals(best.model())).findFirst();
    return new TableLeader(best, next, runs.size());
  }
}
