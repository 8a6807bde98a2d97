package dev.lockstep.evaluation.ledger;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.preflight.Check;
import dev.lockstep.distributor.preflight.Finding;
import java.util.List;

/** Whether a run will be able to add its row: takes the ledger's lock, and reads the ledger. */
public record LedgerCheck(Ledger ledger) implements Check {
  private static final String NAME = "ledger";

  @Override
  public List<Finding> examine() {
    try {
      ledger.tryLock();
      return List.of(
          Finding.ok(
              NAME,
              ledger
                  .countRuns()
                  .map(runs -> "%s holds %,d runs".formatted(ledger.path(), runs))
                  .orElse(ledger.path() + " begins with the first run")));
    } catch (LockstepException e) {
      return List.of(Finding.failed(NAME, e.problem(), e.remedy()));
    }
  }
}
