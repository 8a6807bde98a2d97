/**
 * A rank's rows on its local disk, memory-mapped, and the batches gathered from them. The files
 * have no name from the moment they exist: whatever ends the process gives the disk back.
 */
package dev.lockstep.distributor.rows;
