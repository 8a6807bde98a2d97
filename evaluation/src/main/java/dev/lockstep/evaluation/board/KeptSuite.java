package dev.lockstep.evaluation.board;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Map;

/**
 * What the board shows of a {@code suite.json}, whatever release wrote it.
 *
 * @param file the suite's file
 * @param verdict the suite in words
 * @param tables what came out on each table
 * @param failed tables without a result
 * @param leaderboard the models over all tables
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record KeptSuite(
    String file,
    String verdict,
    List<Map<String, Object>> tables,
    Map<String, String> failed,
    Leaderboard leaderboard) {
  KeptSuite {
    tables = tables == null ? List.of() : List.copyOf(tables);
    failed = failed == null ? Map.of() : Map.copyOf(failed);
    leaderboard = leaderboard == null ? new Leaderboard(List.of()) : leaderboard;
  }

  /**
   * The models, best first.
   *
   * @param standings each model over all tables
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Leaderboard(List<Standing> standings) {
    Leaderboard {
      standings = standings == null ? List.of() : List.copyOf(standings);
    }
  }

  /**
   * A model over all tables.
   *
   * @param name its name
   * @param meanRank mean of its ranks
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Standing(String name, double meanRank) {}
}
