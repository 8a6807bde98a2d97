/** Optimizers as one fused pass over a slice of the flat parameters, and their schedules. */
package dev.lockstep.distributor.optimizer;
