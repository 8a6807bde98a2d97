/** A comparison as a person reads it: a page, a table for the terminal. */
package dev.lockstep.evaluation.report;
