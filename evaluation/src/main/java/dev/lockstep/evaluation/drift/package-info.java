/** How a trained network does on later versions of its table, and how its features drift. */
package dev.lockstep.evaluation.drift;
