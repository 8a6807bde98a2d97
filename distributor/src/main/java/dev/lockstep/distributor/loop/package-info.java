/**
 * What the ranks of a training run: epochs, validation, early stopping, best weights, checkpoints.
 */
package dev.lockstep.distributor.loop;
