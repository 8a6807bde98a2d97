package dev.lockstep.evaluation.suite;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.preparation.Preparation;
import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.evaluation.comparison.ComparisonListener;
import dev.lockstep.evaluation.comparison.KeptComparison;
import dev.lockstep.evaluation.leaderboard.Leaderboard;
import dev.lockstep.evaluation.leaderboard.SuiteResult;
import dev.lockstep.evaluation.leaderboard.SuiteResult.TableResult;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.RecordedComparison;
import dev.lockstep.evaluation.report.SuitePage;
import dev.lockstep.evaluation.result.ComparisonResult;
import dev.lockstep.evaluation.suite.Suite.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * Runs what a suite lacks: a table whose experiment has a finished run in the ledger, on the
 * version that is asked for, is not run again. So a suite that was cut off goes on with the table
 * that it was at.
 */
public final class SuiteRuns {
  private static final String PAGE = "suite.html";
  private static final String RESULT = "suite.json";

  private final SparkSession spark;
  private final RendezvousOptions job;
  private final ComparisonListener listener;
  private final Ledger ledger;

  /** Suites in a session, with a ledger. */
  public SuiteRuns(
      SparkSession spark, RendezvousOptions job, ComparisonListener listener, Ledger ledger) {
    this.spark = spark;
    this.job = job;
    this.listener = listener;
    this.ledger = ledger;
  }

  /**
   * Runs a suite and writes its page.
   *
   * @param file the suite's file, as a person typed it
   * @return the result; a table that failed is in it with the reason
   * @throws LockstepException if something that the suite says is wrong, or no table has a result
   */
  public SuiteResult run(Suite suite, String file) {
    suite.check();
    Map<Table, List<String>> asked = new LinkedHashMap<>();
    for (Table table : suite.tables()) {
      asked.put(table, asked(table)); // A table that is not there is refused before any training.
    }
    List<TableResult> tables = new ArrayList<>();
    List<ComparisonResult> runs = new ArrayList<>();
    Map<String, String> failed = new LinkedHashMap<>();
    for (Table table : suite.tables()) {
      try {
        Optional<ComparisonResult> before = before(table, asked.get(table));
        ComparisonResult run = before.orElseGet(() -> run(table, suite.output(), file));
        if (Leaderboard.counts(run)) {
          runs.add(run);
          tables.add(TableResult.of(table.name(), run, before.isPresent()));
        } else {
          failed.put(
              table.name(), "%s has no value for some model".formatted(run.mainMetric().name()));
        }
      } catch (LockstepException e) {
        if (spark.sparkContext().isStopped()) {
          throw e;
        }
        listener.warned("table %s: %s".formatted(table.name(), e.getMessage()));
        failed.put(table.name(), e.problem());
      }
    }
    if (runs.isEmpty()) {
      throw new LockstepException(
          "no table of %s has a result".formatted(file), "The lines above say why, table by table");
    }
    Configuration hadoop = spark.sessionState().newHadoopConf();
    RunFolder folder = RunFolder.open(suite.output(), ".", hadoop);
    String page = folder.shown() + "/" + PAGE;
    SuiteResult result = new SuiteResult(file, tables, failed, Leaderboard.of(runs), page);
    folder.write(PAGE, SuitePage.render(result), hadoop);
    folder.write(RESULT, Json.line(result), hadoop);
    return result;
  }

  private ComparisonResult run(Table table, String output, String file) {
    listener.noted("table " + table.name(), "comparing its models");
    return new RecordedComparison(spark, job, listener, ledger)
        .run(
            table.experiment().withOutput(output),
            "bin/lockstep suite %s".formatted(file),
            Map.of());
  }

  /** The result of the newest run of a table's experiment on the versions that it asks for. */
  private Optional<ComparisonResult> before(Table table, List<String> asked) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    return ledger.finished(table.experiment().text()).stream()
        .filter(run -> run.overrides().isEmpty())
        .filter(run -> asked.equals(versions(run.data().source(), run.data().testSource())))
        .map(run -> KeptComparison.read(new RunFolder(run.runId(), run.folder()), hadoop))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** What a table's experiment reads now. */
  private List<String> asked(Table table) {
    DataSpec data = table.experiment().data();
    try {
      return versions(
          PinnedTable.of(Preparation.snapshot(spark, data)),
          Preparation.testSnapshot(spark, data).map(PinnedTable::of));
    } catch (LockstepException e) {
      throw new LockstepException(
          "table %s: %s".formatted(table.name(), e.problem()), e.remedy(), e);
    }
  }

  private static List<String> versions(PinnedTable source, Optional<PinnedTable> test) {
    return Stream.concat(Stream.of(source), test.stream())
        .map(table -> table.id() + "@" + table.version())
        .toList();
  }
}
