/** The commands that train, predict and measure training. */
package dev.lockstep.distributor.command;
