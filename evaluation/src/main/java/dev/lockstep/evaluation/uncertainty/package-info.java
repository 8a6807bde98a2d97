/** How sure a difference between two models is: bootstrap, DeLong's test, McNemar's test. */
package dev.lockstep.evaluation.uncertainty;
