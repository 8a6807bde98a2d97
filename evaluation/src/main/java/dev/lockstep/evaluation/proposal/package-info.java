/** Experiment files that are written for a person, from what a table is like. */
package dev.lockstep.evaluation.proposal;
