/** What the test split says of a model: exact, weighted, and the same to the last digit. */
package dev.lockstep.evaluation.metrics;
