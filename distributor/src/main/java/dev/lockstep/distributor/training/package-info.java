/** The driver's side of a training: what a program calls, hears and gets. */
package dev.lockstep.distributor.training;
