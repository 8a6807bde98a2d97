package dev.lockstep.evaluation.board;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.experiment.HistoryFile;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.evaluation.ledger.RunRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The runs of a ledger with what their folders keep, and the suites beside them. A folder that is
 * not there, that cannot be read or that lies on another file system than the ledger is no error:
 * of such a run there is what the ledger says.
 *
 * @param ledger where the ledger is
 * @param runs its runs, newest first
 * @param suites the suites
 */
public record Board(String ledger, List<BoardRun> runs, List<Suite> suites) {
  private static final String REPORT = "report.html";
  private static final String RESULT = "result.json";
  private static final String SUITE = "suite.json";
  private static final String SUITE_PAGE = "suite.html";

  /** Folders that suites are looked for in. */
  private static final int MOST_OUTPUTS = 50;

  /** Copies the lists. */
  public Board {
    runs = List.copyOf(runs);
    suites = List.copyOf(suites);
  }

  /**
   * A suite.
   *
   * @param result its result
   * @param page where its page is; empty where there is none
   */
  record Suite(KeptSuite result, Optional<String> page) {}

  /**
   * Gathers runs.
   *
   * @param ledger the ledger's folder
   * @param rows its rows, newest first
   */
  public static Board of(String ledger, List<RunRecord> rows, Configuration hadoop) {
    Folders folders = new Folders(new Path(ledger), hadoop);
    List<BoardRun> runs = new ArrayList<>();
    Set<Path> outputs = new LinkedHashSet<>();
    outputs.add(new Path(ledger).getParent());
    for (RunRecord row : rows) {
      Optional<Path> folder = folders.of(row);
      folder.map(Path::getParent).ifPresent(outputs::add);
      runs.add(
          new BoardRun(
              row,
              folder
                  .flatMap(f -> folders.text(f, RESULT))
                  .flatMap(json -> parsed(json, KeptResult.class)),
              folder
                  .flatMap(f -> folders.text(f, HistoryFile.FILE))
                  .map(LearningCurve::read)
                  .orElse(List.of()),
              folder.flatMap(f -> folders.page(f, REPORT))));
    }
    List<Suite> suites =
        outputs.stream()
            .limit(MOST_OUTPUTS)
            .flatMap(output -> folders.suite(output).stream())
            .toList();
    return new Board(ledger, runs, suites);
  }

  private static <T> Optional<T> parsed(String json, Class<T> type) {
    try {
      return Optional.of(Json.read(json, type));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // Torn, or of a release that wrote something else.
    }
  }

  /** The folders on the ledger's file system. */
  private record Folders(Path ledger, Configuration hadoop) {
    /** Where a run's files are: where they were written, or beside a ledger that was moved. */
    Optional<Path> of(RunRecord row) {
      String beside = ledger.getParent() + "/" + row.runId();
      return Stream.of(row.folder(), beside)
          .flatMap(folder -> path(folder).stream())
          .filter(folder -> exists(new Path(folder, RunFolder.EXPERIMENT)))
          .findFirst();
    }

    private static Optional<Path> path(String folder) {
      try {
        return Optional.of(new Path(folder));
      } catch (IllegalArgumentException e) {
        return Optional.empty(); // No path at all.
      }
    }

    private boolean exists(Path file) {
      try {
        FileSystem own = ledger.getFileSystem(hadoop);
        // Another store may be out of reach, which takes long to find out.
        return file.getFileSystem(hadoop).getUri().equals(own.getUri()) && own.exists(file);
      } catch (IOException | IllegalArgumentException e) {
        return false;
      }
    }

    Optional<String> text(Path folder, String name) {
      try {
        return new RunFolder(folder.getName(), folder.toString()).read(name, hadoop);
      } catch (LockstepException e) {
        return Optional.empty();
      }
    }

    Optional<String> page(Path folder, String name) {
      Path file = new Path(folder, name);
      return exists(file) ? Optional.of(file.toString()) : Optional.empty();
    }

    Optional<Suite> suite(Path output) {
      return exists(new Path(output, SUITE))
          ? text(output, SUITE)
              .flatMap(json -> parsed(json, KeptSuite.class))
              .map(result -> new Suite(result, page(output, SUITE_PAGE)))
          : Optional.empty();
    }
  }
}
