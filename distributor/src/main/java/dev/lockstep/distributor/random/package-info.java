/** Random numbers that depend on what they are for, and on no thread, rank or order of calls. */
package dev.lockstep.distributor.random;
