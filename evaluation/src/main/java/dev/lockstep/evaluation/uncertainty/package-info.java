/**
 * How sure a difference between two models is: variances over units and seeds, DeLong's test,
 * McNemar's test.
 */
package dev.lockstep.evaluation.uncertainty;
