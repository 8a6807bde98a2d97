/** What networks are compared with: MLlib's models on the same encoded rows. */
package dev.lockstep.evaluation.baselines;
