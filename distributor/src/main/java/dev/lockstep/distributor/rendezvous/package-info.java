/** Functions on W ranks of a Spark barrier stage, for those who bring their own loop. */
package dev.lockstep.distributor.rendezvous;
