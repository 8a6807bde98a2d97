package dev.lockstep.evaluation.metrics;

/**
 * A bin of a calibration curve.
 *
 * @param x mean probability of its rows
 * @param y share of positives among them
 * @param rows number of its rows; 0 in results of an earlier release, which did not count them
 */
public record CalibrationPoint(double x, double y, long rows) {}
