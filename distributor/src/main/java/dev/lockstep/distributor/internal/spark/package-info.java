/** What leans on Spark's internal classes in this module: its RPC. */
package dev.lockstep.distributor.internal.spark;
