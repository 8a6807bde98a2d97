package dev.lockstep.evaluation.ledger;

import dev.lockstep.data.LockstepException;

/** Where a ledger is. Apart from the ledger itself, as that needs Spark's classes. */
public final class LedgerPath {
  private LedgerPath() {}

  /** The ledger among the runs of an output folder. */
  public static String beside(String output) {
    return output + "/ledger";
  }

  /** There is none. */
  static LockstepException nothingAt(String path) {
    return new LockstepException(
        "there is no ledger at " + path,
        "'lockstep compare' makes one beside its runs; --ledger says where it is");
  }
}
