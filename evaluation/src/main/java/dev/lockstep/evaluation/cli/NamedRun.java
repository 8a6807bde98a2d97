package dev.lockstep.evaluation.cli;

import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.QuickLedger;
import dev.lockstep.evaluation.ledger.RunRecord;

/** A run as a person names it, looked up without Spark where that is possible. */
final class NamedRun {
  private NamedRun() {}

  static RunRecord find(CommonOptions options, String ledger, String name) {
    return options
        .hadoopAlone()
        .flatMap(hadoop -> new QuickLedger(ledger, hadoop).find(name))
        .orElseGet(() -> new Ledger(CommandSession.of(options), ledger).find(name));
  }
}
