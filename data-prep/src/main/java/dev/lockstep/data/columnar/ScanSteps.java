package dev.lockstep.data.columnar;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.XxHash64;
import org.apache.spark.sql.types.DataTypes;

/**
 * What is done with a scan's batches. A column that the scan has is passed on; a number of another
 * type and a hash of many columns are computed column by column; all else is computed by Spark, row
 * by row, from the scan's columns and the hash.
 *
 * @param condition which rows are kept, over the scan's columns; null for all
 * @param hash a hash that expressions have in common; null where there is none
 * @param outputs the columns of the result
 */
record ScanSteps(Expression condition, ColumnHash hash, List<Output> outputs)
    implements Serializable {
  ScanSteps {
    outputs = List.copyOf(outputs);
  }

  /** A column of the result. */
  sealed interface Output extends Serializable {}

  /** A column of the scan. */
  record Passed(int column) implements Output {}

  /** A column of the scan as doubles. */
  record Widened(int column) implements Output {}

  /** The hash. */
  record Hashed() implements Output {}

  /** Computed by Spark; the hash is the column after the scan's. */
  record Computed(Expression expression) implements Output {}

  /**
   * The steps of expressions.
   *
   * @param condition which rows are kept; null for all
   * @param expressions the columns; those of the scan in them are bound to their places
   * @param width number of the scan's columns
   */
  static ScanSteps of(Expression condition, List<Expression> expressions, int width) {
    Optional<Expression> hash =
        expressions.stream().filter(e -> ColumnHash.of(e).isPresent()).findFirst();
    List<Output> outputs = new ArrayList<>();
    for (Expression expression : expressions) {
      outputs.add(output(expression, hash, width));
    }
    return new ScanSteps(condition, hash.flatMap(ColumnHash::of).orElse(null), outputs);
  }

  private static Output output(Expression expression, Optional<Expression> hash, int width) {
    BoundReference result = new BoundReference(width, DataTypes.LongType, false);
    if (expression instanceof BoundReference column) {
      return new Passed(column.ordinal());
    }
    if (expression instanceof Cast cast
        && cast.child() instanceof BoundReference column
        && cast.dataType().equals(DataTypes.DoubleType)
        && Widening.isOf(column.dataType())) {
      return new Widened(column.ordinal());
    }
    if (hash.isPresent() && expression.semanticEquals(hash.get())) {
      return new Hashed();
    }
    return new Computed(
        hash.map(
                h ->
                    ScanQuery.replaced(
                        expression,
                        part -> part instanceof XxHash64 && part.semanticEquals(h) ? result : null))
            .orElse(expression));
  }
}
