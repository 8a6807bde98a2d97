package dev.lockstep.evaluation.metrics;

/**
 * A point of a curve.
 *
 * @param x across
 * @param y up
 */
public record CurvePoint(double x, double y) {}
