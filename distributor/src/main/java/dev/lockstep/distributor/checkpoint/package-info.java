/**
 * What a run needs to go on where it was: written whole or not at all, on any Hadoop file system,
 * and independent of the number of ranks.
 */
package dev.lockstep.distributor.checkpoint;
