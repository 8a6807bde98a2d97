/** An MLflow tracking server hears of runs while they are made; the ledger stays what counts. */
package dev.lockstep.evaluation.mlflow;
