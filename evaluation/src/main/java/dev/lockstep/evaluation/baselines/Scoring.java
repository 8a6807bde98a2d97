package dev.lockstep.evaluation.baselines;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What was fitted.
 *
 * @param rows from encoded rows with {@link Vectors#FEATURES} to scored rows
 * @param numbers how many numbers it has learned: nodes of trees, coefficients, shares
 * @param trees how many trees of a boosted model were kept
 */
public record Scoring(UnaryOperator<Dataset<Row>> rows, long numbers, Optional<Trees> trees) {
  /** Of a model that is not boosted. */
  public Scoring(UnaryOperator<Dataset<Row>> rows, long numbers) {
    this(rows, numbers, Optional.empty());
  }
}
