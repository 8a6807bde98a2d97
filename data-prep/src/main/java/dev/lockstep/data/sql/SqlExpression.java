package dev.lockstep.data.sql;

import dev.lockstep.data.LockstepException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.trees.TreePattern;
import org.apache.spark.sql.functions;
import scala.jdk.javaapi.CollectionConverters;

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
      LogicalPlan plan = rows.select(column.as("value")).queryExecution().analyzed();
      boolean plain =
          plan instanceof Project project
              && project.child().fastEquals(rows.queryExecution().analyzed());
      if (!plain) {
        throw new LockstepException(
            "%s is '%s', which needs other rows than its own".formatted(what, sql),
            "Leave out aggregates, windows and explode: steps of a recipe do that");
      }
      for (NamedExpression e : CollectionConverters.asJava(((Project) plan).projectList())) {
        refuseUnsteady((Expression) e, sql, what);
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

  private static void refuseUnsteady(Expression expression, String sql, String what) {
    if (expression.containsPattern(TreePattern.PLAN_EXPRESSION())) {
      throw new LockstepException(
          "%s is '%s', which reads another table".formatted(what, sql),
          "Name that table as a source, so that its version is recorded too");
    }
    if (!expression.deterministic() || expression.containsPattern(TreePattern.CURRENT_LIKE())) {
      throw new LockstepException(
          "%s is '%s', which has another value each time".formatted(what, sql),
          "Use values of the row, or write the moment out");
    }
  }
}
