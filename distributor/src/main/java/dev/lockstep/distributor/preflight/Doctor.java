package dev.lockstep.distributor.preflight;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.preflight.Finding.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;

/** Checks whether a cluster can run a job, before data is prepared for it. */
public final class Doctor {
  private final SparkContext context;
  private final Configuration hadoop;
  private final Needs needs;
  private final List<Check> more;

  /** For a job of a session. */
  public Doctor(SparkSession spark, Needs needs) {
    this(spark, needs, List.of());
  }

  /**
   * For a job of a session.
   *
   * @param more what else to look at, once folders are known to be good
   */
  public Doctor(SparkSession spark, Needs needs, List<Check> more) {
    this.more = List.copyOf(more);
    this.context = spark.sparkContext();
    this.hadoop = spark.sessionState().newHadoopConf();
    this.needs = needs;
  }

  /** Looks at everything; executors are asked only if there are enough for all ranks. */
  public List<Finding> examine() {
    return examine(true);
  }

  private List<Finding> examine(boolean executors) {
    List<Finding> findings = new ArrayList<>(new VersionsCheck(context.version()).examine());
    findings.addAll(new SettingsCheck(context.getConf(), context.isLocal(), needs).examine());
    needs
        .folders()
        .forEach(
            (name, folder) ->
                findings.addAll(
                    new FolderCheck(name, folder, hadoop, context.isLocal()).examine()));
    if (!isFailed(findings)) {
      more.forEach(check -> findings.addAll(check.examine()));
    }
    findings.addAll(new SlotsCheck(context, needs).examine());
    if (executors && !isFailed(findings)) {
      findings.addAll(new ExecutorsCheck(context, needs, hadoop).examine());
    }
    return findings;
  }

  /**
   * Looks at what a job that begins now could fail by; in one JVM only at what can be wrong there.
   *
   * @param warned gets each warning
   * @throws LockstepException naming all that failed, and what to change
   */
  public void admit(Consumer<String> warned) {
    List<Finding> findings = examine(!context.isLocal());
    for (Finding finding : findings) {
      if (finding.level() == Level.WARNING) {
        warned.accept("%s. %s".formatted(finding.text(), finding.remedy()));
      }
    }
    List<Finding> failed = findings.stream().filter(f -> f.level() == Level.FAILED).toList();
    if (!failed.isEmpty()) {
      throw new LockstepException(
          failed.stream().map(Finding::text).collect(Collectors.joining("; ")),
          failed.stream().map(Finding::remedy).distinct().collect(Collectors.joining(". ")));
    }
  }

  /** Whether one of them says that a job cannot run. */
  public static boolean isFailed(List<Finding> findings) {
    return findings.stream().anyMatch(f -> f.level() == Level.FAILED);
  }
}
