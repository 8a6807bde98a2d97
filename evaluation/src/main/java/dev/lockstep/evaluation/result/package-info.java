/** What a comparison found, as numbers, names and one sentence; reports show it. */
package dev.lockstep.evaluation.result;
