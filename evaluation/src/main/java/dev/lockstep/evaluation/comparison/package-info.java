/** Networks and baselines on the same rows of one snapshot, side by side. */
package dev.lockstep.evaluation.comparison;
