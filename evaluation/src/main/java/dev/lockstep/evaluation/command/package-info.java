/** The commands whose work is the comparison. */
package dev.lockstep.evaluation.command;
