package dev.lockstep.evaluation.suite;

import dev.lockstep.data.LockstepException;
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
   * @throws LockstepException naming the table and the option
   */
  public void check() {
    tables.forEach(Suite::check);
  }

  private static void check(Table table) {
    try {
      Comparison.check(table.experiment());
    } catch (LockstepException e) {
      throw new LockstepException("table " + table.name() + ": " + e.problem(), e.remedy(), e);
    }
  }
}
