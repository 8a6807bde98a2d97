/** What a training tells Spark's metrics system while it runs. */
package dev.lockstep.distributor.metrics;
