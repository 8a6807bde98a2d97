/** One training step of one rank: flat parameters, forward, backward, all-reduce, clip, update. */
package dev.lockstep.distributor.step;
