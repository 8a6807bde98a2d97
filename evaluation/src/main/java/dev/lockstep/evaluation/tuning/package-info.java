/** Looks for better options on the validation split: networks and baselines alike. */
package dev.lockstep.evaluation.tuning;
