/** Trained networks as folders of a Hadoop file system, and the files that networks are made of. */
package dev.lockstep.distributor.saved;
