/**
 * All-reduce and the other collectives, in a fixed order of addition, over shared memory and TCP.
 */
package dev.lockstep.distributor.collective;
