/** Data-parallel training on a barrier stage: a Spark task is a rank. */
package dev.lockstep.distributor;
