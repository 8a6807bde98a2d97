/** What networks are compared with: MLlib's models and XGBoost on the same encoded rows. */
package dev.lockstep.evaluation.baselines;
