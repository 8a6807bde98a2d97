package dev.lockstep.evaluation.ledger;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.experiment.RunFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * A run's row of the ledger in the run's own folder: the ledger may be out of reach, or be lost.
 */
final class KeptRow {
  /** Its name. */
  static final String FILE = "ledger-row.json";

  private KeptRow() {}

  /** Keeps a row in its run's folder; returns the file as a person types it. */
  static String write(RunFolder folder, RunRecord run, Configuration hadoop) {
    return folder.write(FILE, Json.line(run) + "\n", hadoop);
  }

  /**
   * The row that a run's folder keeps.
   *
   * @return empty if there is none
   * @throws LockstepException if it cannot be read, or is no row
   */
  static Optional<RunRecord> read(String folder, Configuration hadoop) {
    Path file = new Path(folder, FILE);
    try (FSDataInputStream in = file.getFileSystem(hadoop).open(file)) {
      return Optional.of(
          Json.read(new String(in.readAllBytes(), StandardCharsets.UTF_8), RunRecord.class));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new LockstepException(
          "cannot read %s: %s".formatted(file, e.getMessage()),
          "Restore it, or have its permissions changed",
          e);
    } catch (IllegalArgumentException e) {
      throw new LockstepException(
          "%s is not the row of a run".formatted(file), "Restore it from a copy", e);
    }
  }

  /** Whether a run has come to its end, with a result. */
  static boolean isFinished(RunFolder folder, Configuration hadoop) {
    return read(folder.path(), hadoop)
        .filter(run -> run.status() == RunRecord.Status.finished)
        .isPresent();
  }
}
