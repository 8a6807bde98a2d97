package dev.lockstep.evaluation.ledger;

import dev.lockstep.data.LockstepException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Runs that get their row in the ledger later, from their folders. */
public final class KeptRuns {
  private final Ledger ledger;
  private final Configuration hadoop;

  /** Runs for a ledger. */
  public KeptRuns(SparkSession spark, Ledger ledger) {
    this.ledger = ledger;
    this.hadoop = spark.sessionState().newHadoopConf();
  }

  /**
   * Adds runs; all are found before the first is added.
   *
   * @param names their folders, or the names of those beside the ledger
   * @return their rows
   * @throws LockstepException if one keeps no row, or if the ledger has it
   */
  public List<RunRecord> add(List<String> names) {
    List<RunRecord> rows = new ArrayList<>();
    for (String name : names) {
      RunRecord row = find(name);
      if (ledger.contains(row)) {
        throw new LockstepException(
            "run %s is in the ledger %s already".formatted(row.runId(), ledger.path()),
            "'lockstep show %s' shows it".formatted(row.runId()));
      }
      rows.add(row);
    }
    rows.forEach(ledger::append);
    return rows;
  }

  private RunRecord find(String name) {
    if (!name.isBlank()) {
      Path beside = new Path(new Path(ledger.path()).getParent(), name);
      for (String folder : List.of(name, beside.toString())) {
        Optional<RunRecord> row = KeptRow.read(folder, hadoop);
        if (row.isPresent()) {
          return row.get();
        }
      }
    }
    throw new LockstepException(
        "there is no run '%s' that keeps its row, a file %s".formatted(name, KeptRow.FILE),
        "Name the run's folder, or its name in the folder that the ledger is in");
  }
}
