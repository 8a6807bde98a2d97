/** Networks against trees on the same rows: baselines, metrics, report, ledger, commands. */
package dev.lockstep.evaluation;
