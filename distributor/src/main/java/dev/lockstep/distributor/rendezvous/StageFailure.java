package dev.lockstep.distributor.rendezvous;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.sql.SqlFailure;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkThrowable;

/** What is wrong with a cluster, out of the long text with which Spark gives up a stage. */
public final class StageFailure {
  /** Spark writes so of the last of a task's failures; what follows the host is its cause. */
  private static final Pattern LOST =
      Pattern.compile(
          "Lost task \\S+ in stage \\S+ \\(TID \\d+\\) \\((\\S+) executor (\\S+)\\): (.+)");

  /** Spark's condition TASK_WRITE_FAILED; a table that is not whole yet has a hidden name. */
  private static final Pattern WRITING =
      Pattern.compile("writing rows to (?:file:(?=/))?(\\S+?)(?:/\\.[^/\\s]*)?\\. SQLSTATE");

  private static final String CANCELLED = "SPARK_JOB_CANCELLED";

  private static final String FULL = "No space left on device";

  private StageFailure() {}

  /** The mistake that a person can put right, if the failure is a known one. */
  public static Optional<LockstepException> of(Throwable failure) {
    return SqlFailure.of(failure).or(() -> fullDisk(failure));
  }

  private static Optional<LockstepException> fullDisk(Throwable failure) {
    StringBuilder said = new StringBuilder();
    for (Throwable e = failure; e != null; e = e.getCause()) {
      said.append(e.getMessage()).append('\n');
    }
    String text = said.toString();
    return remedy(text)
        .map(
            remedy ->
                new LockstepException(
                    "the disk of %s is full (%s)".formatted(where(text), FULL), remedy, failure));
  }

  private static String where(String text) {
    Matcher written = WRITING.matcher(text);
    if (written.find()) {
      return written.group(1);
    }
    Matcher lost = LOST.matcher(text);
    return lost.find() ? "executor %s on %s".formatted(lost.group(2), lost.group(1)) : "a machine";
  }

  /** Whether a person, or Lockstep itself, has cancelled the job: Spark's own condition says so. */
  static boolean isCancelled(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof SparkThrowable known && CANCELLED.equals(known.getCondition())) {
        return true;
      }
    }
    return false;
  }

  /** What to do about a failure of a known kind. */
  static Optional<String> remedy(String text) {
    if (!text.contains(FULL)) {
      return Optional.empty();
    }
    return Optional.of(
        WRITING.matcher(text).find()
            ? "Free space there, or write to another place"
            : "Free space there, in the folders of spark.local.dir or SPARK_LOCAL_DIRS, or name"
                + " others");
  }
}
