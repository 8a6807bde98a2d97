package dev.lockstep.evaluation.baselines;

import dev.lockstep.data.AtomicFolder;
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
 * @param files writes it in the format of its library
 */
public record Scoring(
    UnaryOperator<Dataset<Row>> rows,
    long numbers,
    Optional<Trees> trees,
    AtomicFolder.Content files) {
  /** Of a model that is not boosted. */
  public Scoring(UnaryOperator<Dataset<Row>> rows, long numbers, AtomicFolder.Content files) {
    this(rows, numbers, Optional.empty(), files);
  }
}
