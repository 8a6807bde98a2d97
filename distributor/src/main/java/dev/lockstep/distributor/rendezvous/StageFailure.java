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

  private static final String CANCELLED = "SPARK_JOB_CANCELLED";

  private static final String FULL = "No space left on device";

  private StageFailure() {}

  /** The mistake that a person can put right, if the failure is a known one. */
  public static Optional<LockstepException> of(Throwable failure) {
    return SqlFailure.of(failure).or(() -> fullDisk(failure));
  }

  private static Optional<LockstepException> fullDisk(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      String text = String.valueOf(e.getMessage());
      Optional<String> remedy = remedy(text);
      if (remedy.isPresent()) {
        Matcher lost = LOST.matcher(text);
        String where =
            lost.find() ? "executor %s on %s".formatted(lost.group(2), lost.group(1)) : "a machine";
        return Optional.of(
            new LockstepException(
                "the disk of %s is full (%s)".formatted(where, FULL), remedy.get(), failure));
      }
    }
    return Optional.empty();
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
    return text.contains(FULL)
        ? Optional.of(
            "Free space there, in the folders of spark.local.dir or SPARK_LOCAL_DIRS, or name"
                + " others")
        : Optional.empty();
  }
}
