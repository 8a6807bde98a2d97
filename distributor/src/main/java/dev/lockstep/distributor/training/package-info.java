/** The standard loop: epochs, validation, early stopping, checkpoints, and the model at the end. */
package dev.lockstep.distributor.training;
