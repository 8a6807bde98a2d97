package dev.lockstep.evaluation.ledger;

/** Rows of a ledger for tests of other packages. */
public final class LedgerRows {
  private LedgerRows() {}

  /** A run with one network, mlp, whose folder is {@code /runs/ID}. */
  public static RunRecord run(String id, double auc) {
    return LedgerTest.run(id, "2026-11-01T00:00:00Z", auc);
  }

  /** Adds runs that ended one after the other. */
  public static void append(Ledger ledger, String... ids) {
    for (int i = 0; i < ids.length; i++) {
      ledger.append(LedgerTest.run(ids[i], "2026-11-0%dT00:00:00Z".formatted(i + 1), 0.5));
    }
  }
}
