/** What a model looks at, and where it is good: importance by permutation, slices of the rows. */
package dev.lockstep.evaluation.insight;
