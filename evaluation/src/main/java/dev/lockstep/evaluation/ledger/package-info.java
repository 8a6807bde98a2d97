/**
 * The runs of the past: a Delta table, one row a run, with all that a run depends on and what came
 * of it; how two runs differ; and a run reproduced from its row alone.
 */
package dev.lockstep.evaluation.ledger;
