/** All-reduce and its kin, in a fixed order of addition, over shared memory and TCP. */
package dev.lockstep.distributor.collective;
