/** Ranks without Spark, as threads or as processes of this machine, for measuring. */
package dev.lockstep.distributor.bench;
