package dev.lockstep.data.internal.spark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.trees.TreePattern;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.FilterExec;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.SparkPlan;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractPartialFunction;

/**
 * A query that reads a columnar file, filters its rows and computes columns of them, one by one:
 * projections and filters over a scan, in any order, merged.
 *
 * @param source the scan
 * @param steps what is done with its batches
 */
record ScanQuery(FileSourceScanExec source, ScanSteps steps) {
  /** The query of a physical plan; none if there is more in it. */
  static Optional<ScanQuery> of(SparkPlan plan) {
    return merged(plan).flatMap(Merged::query);
  }

  /** Computed columns over the scan's; a condition of null keeps all rows. */
  private record Merged(
      FileSourceScanExec source,
      Expression condition,
      List<ExprId> names,
      Map<ExprId, Expression> columns) {

    Merged project(List<NamedExpression> list) {
      List<ExprId> kept = new ArrayList<>();
      Map<ExprId, Expression> computed = new HashMap<>();
      for (NamedExpression named : list) {
        Expression whole = (Expression) named;
        kept.add(named.exprId());
        computed.put(named.exprId(), over(whole instanceof Alias alias ? alias.child() : whole));
      }
      return new Merged(source, condition, kept, computed);
    }

    Merged filter(Expression more) {
      Expression both = condition == null ? over(more) : new And(condition, over(more));
      return new Merged(source, both, names, columns);
    }

    /** An expression with what its attributes stand for. */
    private Expression over(Expression expression) {
      return replaced(
          expression, e -> e instanceof AttributeReference a ? columns.get(a.exprId()) : null);
    }

    Optional<ScanQuery> query() {
      List<Expression> outputs = names.stream().map(columns::get).toList();
      List<Expression> all = new ArrayList<>(outputs);
      if (condition != null) {
        all.add(condition);
      }
      // A query within an expression would have to be run first; chance would be drawn twice.
      boolean plain =
          all.stream()
              .allMatch(
                  e -> e.deterministic() && !e.containsPattern(TreePattern.PLAN_EXPRESSION()));
      return plain
          ? Optional.of(
              new ScanQuery(source, ScanSteps.of(condition, outputs, source.output().size())))
          : Optional.empty();
    }
  }

  private static Optional<Merged> merged(SparkPlan plan) {
    if (plan instanceof FileSourceScanExec scan && scan.supportsColumnar()) {
      List<ExprId> names = new ArrayList<>();
      Map<ExprId, Expression> columns = new HashMap<>();
      CollectionConverters.asJava(scan.output())
          .forEach(
              column -> {
                int place = names.size();
                names.add(column.exprId());
                columns.put(
                    column.exprId(),
                    new BoundReference(place, column.dataType(), column.nullable()));
              });
      return Optional.of(new Merged(scan, null, names, columns));
    }
    if (plan instanceof ProjectExec project) {
      return merged(project.child())
          .map(m -> m.project(CollectionConverters.asJava(project.projectList())));
    }
    if (plan instanceof FilterExec filter) {
      return merged(filter.child()).map(m -> m.filter(filter.condition()));
    }
    return Optional.empty();
  }

  /**
   * An expression with parts replaced.
   *
   * @param replacement what stands for a part; null to look into it
   */
  static Expression replaced(Expression expression, Function<Expression, Expression> replacement) {
    return expression.transformDown(
        new AbstractPartialFunction<>() {
          @Override
          public boolean isDefinedAt(Expression part) {
            return replacement.apply(part) != null;
          }

          @Override
          public Expression apply(Expression part) {
            return replacement.apply(part);
          }
        });
  }
}
