package dev.lockstep.evaluation.suite;

import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.evaluation.comparison.Comparison;
import java.util.List;

/**
 * Experiments on several tables, with the same models.
 *
 * @param output folder of the runs, their ledger and the suite's page
 * @param tables the experiments
 */
public record Suite(String output, List<Table> tables) {
  /**
   * A table's experiment.
   *
   * @param name what the suite calls the table
   * @param experiment the experiment
   */
  public record Table(String name, Experiment experiment) {}

  /** Copies the list. */
  public Suite {
    tables = List.copyOf(tables);
  }

  /**
   * Refuses what no data could make right.
   *
   * @throws dev.lockstep.data.LockstepException naming the table and the option
   */
  public void check() {
    tables.forEach(table -> named(table.name(), () -> Comparison.check(table.experiment())));
  }

  private static void named(String table, Runnable check) {
    try {
      check.run();
    } catch (dev.lockstep.data.LockstepException e) {
      throw new dev.lockstep.data.LockstepException(
          "table " + table + ": " + e.problem(), e.remedy(), e);
    }
  }
}
