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

  private static final String FREE = "Free space there";

  private StageFailure() {}

  /**
   * The mistake that a person can put right, if the failure is a known one. A full disk outranks
   * what was made of it on the way: a table that cannot be read for want of space is not damaged.
   */
  public static Optional<LockstepException> of(Throwable failure) {
    return failure instanceof LockstepException known
        ? Optional.of(fullDisk(failure).orElse(known))
        : SqlFailure.of(failure).or(() -> fullDisk(failure));
  }

  private static Optional<LockstepException> fullDisk(Throwable failure) {
    StringBuilder said = new StringBuilder();
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof LockstepException known && known.remedy().startsWith(FREE)) {
        return Optional.of(known);
      }
      said.append(e.getMessage()).append('\n');
    }
    String text = said.toString();
    return remedy(text).map(remedy -> new LockstepException(full(failure, text), remedy, failure));
  }

  private static String full(Throwable failure, String text) {
    Optional<String> where = where(text);
    return where.isEmpty() && failure instanceof LockstepException known
        ? known.problem()
        : "the disk of %s is full (%s)".formatted(where.orElse("a machine"), FULL);
  }

  private static Optional<String> where(String text) {
    Matcher written = WRITING.matcher(text);
    if (written.find()) {
      return Optional.of(written.group(1));
    }
    Matcher lost = LOST.matcher(text);
    return lost.find()
        ? Optional.of("executor %s on %s".formatted(lost.group(2), lost.group(1)))
        : Optional.empty();
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
            ? FREE + ", or write to another place"
            : FREE + ", in the folders of spark.local.dir or SPARK_LOCAL_DIRS, or name others");
  }
}
