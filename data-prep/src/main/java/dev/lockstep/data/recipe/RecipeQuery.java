package dev.lockstep.data.recipe;

import static dev.lockstep.data.sql.Identifiers.quoted;
import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import dev.lockstep.data.sql.SqlExpression;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A recipe as a query of its pinned sources: the same rows with the same bits, whatever the
 * partitions.
 */
final class RecipeQuery {
  private final Recipe recipe;
  private final Sources sources;

  RecipeQuery(Recipe recipe, Sources sources) {
    this.recipe = recipe;
    this.sources = sources;
  }

  /** The rows before the first step, with their time. */
  Dataset<Row> base() {
    return taken(sources.rows(recipe.rows().source()), true);
  }

  /**
   * Rows of the rows' source as {@link #base} has them.
   *
   * @param kept whether only those that the recipe keeps
   */
  Dataset<Row> taken(Dataset<Row> rows, boolean kept) {
    RowsSpec spec = recipe.rows();
    Dataset<Row> taken = rows;
    if (spec.columns() != null) {
      List<Column> columns = new ArrayList<>();
      spec.columns()
          .expressions()
          .forEach((n, sql) -> columns.add(SqlExpression.of(rows, sql, "rows.columns." + n).as(n)));
      taken = rows.select(columns.toArray(Column[]::new));
    }
    Stage.of(taken).refuseUnknown(spec.key(), "rows.key");
    if (kept && spec.where() != null) {
      taken = taken.where(SqlExpression.of(taken, spec.where(), "rows.where"));
    }
    if (spec.distinct()) {
      taken = taken.distinct();
    }
    return spec.time() == null
        ? taken
        : taken.withColumn(SourceReading.TIME, Moments.micros(taken, spec.time(), "rows.time"));
  }

  /** The key's columns of rows. */
  Column[] key() {
    return columns(recipe.rows().key());
  }

  static Column[] columns(List<String> names) {
    return names.stream().map(c -> col(quoted(c))).toArray(Column[]::new);
  }

  /** The feature table's rows, from {@link #base} or some of it. */
  Dataset<Row> result(Dataset<Row> base) {
    Stage last = through(base, recipe.steps().size());
    String label = recipe.label();
    if (label != null) {
      List<String> names = Arrays.asList(last.rows().columns());
      if (!names.contains(label)) {
        throw new LockstepException(
            "the recipe's label '%s' is none of its columns".formatted(label),
            "Did you mean '%s'?".formatted(Names.nearest(label, names)));
      }
    }
    Set<String> hidden = new HashSet<>(last.future());
    hidden.add(SourceReading.TIME);
    if (label != null) {
      hidden.remove(label.toLowerCase(Locale.ROOT));
    }
    return last.rows().drop(hidden.toArray(String[]::new));
  }

  /** The rows after some of the steps. */
  Stage through(Dataset<Row> base, int steps) {
    Stage stage = Stage.of(base);
    for (Step step : recipe.steps().subList(0, steps)) {
      stage = after(stage, step);
    }
    return stage;
  }

  private Stage after(Stage stage, Step step) {
    if (step instanceof Step.Aggregate s) {
      List<Window> windows = Window.before(s.windows());
      stage.refuseTaken(names(windows, s.features()));
      return stage.with(
          reading(stage, s).measured(sources.time(s.source()), s.earlier(), windows, s.features()));
    } else if (step instanceof Step.Outcome s) {
      stage.refuseTaken(s.features().keySet());
      List<Window> windows = Window.after(s.within());
      return stage
          .with(
              reading(stage, s).measured(sources.time(s.source()), Map.of(), windows, s.features()))
          .withFuture(s.features().keySet());
    } else if (step instanceof Step.Join s) {
      stage.refuseTaken(s.columns().expressions().keySet());
      return stage.with(
          reading(stage, s).dimension(s.columns(), sources.snapshot(s.source()).rows()));
    } else if (step instanceof Step.AsOf s) {
      stage.refuseTaken(s.columns().expressions().keySet());
      return stage.with(
          reading(stage, s).latest(sources.time(s.source()), s.columns(), s.within()));
    } else if (step instanceof Step.Earlier s) {
      stage.refuseUnknown(s.by(), "earlier.by");
      Column[] order =
          Stream.concat(Stream.of(col(SourceReading.TIME)), Stream.of(key()))
              .toArray(Column[]::new);
      return Earlier.of(
          stage,
          org.apache.spark.sql.expressions.Window.partitionBy(columns(s.by())).orderBy(order),
          s.features());
    } else if (step instanceof Step.Derive s) {
      return derived(stage, s);
    } else if (step instanceof Step.Where s) {
      return stage.with(
          stage.rows().where(SqlExpression.of(stage.rows(), s.condition(), "the step 'where'")));
    } else if (step instanceof Step.Drop s) {
      stage.refuseUnknown(s.columns(), "the step 'drop'");
      return stage.without(s.columns());
    }
    throw new IllegalStateException("expected a step that is known, got " + step);
  }

  private SourceReading reading(Stage stage, Step.Reading step) {
    return new SourceReading(stage, step.source(), sources.rows(step.source()), step.on());
  }

  private static List<String> names(List<Window> windows, Map<String, Measure> features) {
    return windows.stream()
        .flatMap(w -> features.keySet().stream().map(f -> f + w.ending()))
        .toList();
  }

  private static Stage derived(Stage stage, Step.Derive step) {
    Stage done = stage;
    for (Map.Entry<String, String> column : step.columns().entrySet()) {
      done.refuseTaken(List.of(column.getKey()));
      Column value =
          SqlExpression.of(done.rows(), column.getValue(), "column '" + column.getKey() + "'");
      boolean ahead = done.looksAhead(value);
      done = done.with(done.rows().withColumn(column.getKey(), value));
      done = ahead ? done.withFuture(List.of(column.getKey())) : done;
    }
    return done;
  }
}
