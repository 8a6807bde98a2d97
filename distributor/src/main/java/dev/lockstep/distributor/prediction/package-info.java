/** Saved networks applied to rows, on all executors. */
package dev.lockstep.distributor.prediction;
