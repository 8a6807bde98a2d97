package dev.lockstep.evaluation.baselines;

import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What was fitted.
 *
 * @param rows from encoded rows with {@link Vectors#FEATURES} to scored rows
 * @param numbers how many numbers it has learned: nodes of trees, coefficients, shares
 */
record Scoring(UnaryOperator<Dataset<Row>> rows, long numbers) {}
