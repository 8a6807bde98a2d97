package dev.lockstep.data.internal.spark;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.trees.TreePattern;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What Spark's analyzer knows of an expression.
 *
 * @param ofOneRow whether it needs no other rows than its own
 * @param readsTables whether it reads another table
 * @param steady whether it has the same value each time
 */
public record AnalyzedExpression(boolean ofOneRow, boolean readsTables, boolean steady) {
  /** Analyzes an expression over rows; throws what Spark throws if it is none of their columns. */
  public static AnalyzedExpression of(Dataset<Row> rows, Column expression) {
    LogicalPlan plan = rows.select(expression.as("value")).queryExecution().analyzed();
    if (plan instanceof Project project
        && project.child().fastEquals(rows.queryExecution().analyzed())) {
      List<Expression> parts =
          CollectionConverters.asJava(project.projectList()).stream()
              .map(Expression.class::cast)
              .toList();
      return new AnalyzedExpression(
          true,
          has(parts, TreePattern.PLAN_EXPRESSION()),
          parts.stream().allMatch(Expression::deterministic)
              && !has(parts, TreePattern.CURRENT_LIKE()));
    }
    return new AnalyzedExpression(false, false, false);
  }

  private static boolean has(List<Expression> parts, scala.Enumeration.Value pattern) {
    return parts.stream().anyMatch(part -> part.containsPattern(pattern));
  }
}
