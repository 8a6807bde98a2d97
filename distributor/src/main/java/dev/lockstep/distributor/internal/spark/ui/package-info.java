/**
 * The tab {@code Lockstep} of Spark's web pages. Trainings and runs are events on Spark's listener
 * bus ({@link dev.lockstep.distributor.internal.spark.ui.TrainingEvents}, {@link
 * dev.lockstep.distributor.internal.spark.ui.RunEvents}), so they are in Spark's event log, too; a
 * listener makes of them what the page shows, in a running application and in a history server.
 */
package dev.lockstep.distributor.internal.spark.ui;
