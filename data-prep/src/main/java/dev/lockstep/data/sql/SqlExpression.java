package dev.lockstep.data.sql;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.internal.spark.AnalyzedExpression;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** SQL expressions that a file brings: of one row's columns, and the same at every time. */
public final class SqlExpression {
  private SqlExpression() {}

  /**
   * Reads an expression.
   *
   * @param rows the rows whose columns it may use
   * @param sql the expression
   * @param what what errors call it, such as {@code 'where' of the source 'events'}
   * @throws LockstepException if it is none, or if its value would depend on other rows, other
   *     tables, chance or the time of day
   */
  public static Column of(Dataset<Row> rows, String sql, String what) {
    try {
      Column column = functions.expr(sql);
      AnalyzedExpression analyzed = AnalyzedExpression.of(rows, column);
      if (!analyzed.ofOneRow()) {
        throw new LockstepException(
            "%s is '%s', which needs other rows than its own".formatted(what, sql),
            "Leave out aggregates, windows and explode: steps of a recipe do that");
      }
      if (analyzed.readsTables()) {
        throw new LockstepException(
            "%s is '%s', which reads another table".formatted(what, sql),
            "Name that table as a source, so that its version is recorded too");
      }
      if (!analyzed.steady()) {
        throw new LockstepException(
            "%s is '%s', which has another value each time".formatted(what, sql),
            "Use values of the row, or write the moment out");
      }
      return column;
    } catch (LockstepException e) {
      throw e;
    } catch (Exception e) { // Spark's own analysis errors are checked, and named by no signature.
      throw new LockstepException(
          "%s is '%s', which is no expression of these columns: %s"
              .formatted(what, sql, SqlFailure.words(e.getMessage())),
          "Write it as in SQL, such as: age > 18 and country is not null",
          e);
    }
  }
}
