/** Encoded rows: their columns in a data frame, and in batches on the way to the ranks. */
package dev.lockstep.data.encoded;
