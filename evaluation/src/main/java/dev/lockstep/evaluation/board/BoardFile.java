package dev.lockstep.evaluation.board;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.evaluation.ledger.RunRecord;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A board that was written.
 *
 * @param page its path as a person types it
 * @param runs number of runs on it
 * @param suites number of suites
 */
public record BoardFile(String page, int runs, int suites) {
  private static final String NAME = "board.html";

  /**
   * Writes the page of a ledger's runs, in place of one that is there.
   *
   * @param ledger the ledger's folder
   * @param rows its rows, newest first
   * @param output where the page goes; empty for beside the ledger
   * @throws LockstepException if it cannot be written
   */
  public static BoardFile write(
      String ledger, List<RunRecord> rows, Optional<String> output, Configuration hadoop) {
    Board board = Board.of(ledger, rows, hadoop);
    Path file = output.map(Path::new).orElseGet(() -> new Path(new Path(ledger).getParent(), NAME));
    Path parent = file.getParent() == null ? new Path(".") : file.getParent();
    RunFolder folder = RunFolder.open(parent.toString(), ".", hadoop);
    Optional<java.nio.file.Path> local =
        folder.path().startsWith("file:")
            ? Optional.of(java.nio.file.Path.of(folder.shown()))
            : Optional.empty();
    String page = folder.write(file.getName(), BoardPage.render(board, local), hadoop);
    return new BoardFile(page, board.runs().size(), board.suites().size());
  }
}
