package dev.lockstep.data.recipe;

import static dev.lockstep.data.sql.Identifiers.quoted;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.xxhash64;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.sql.HashableColumns;
import dev.lockstep.data.sql.SqlExpression;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;

/**
 * Brings a source's rows to the rows they belong to. Columns of its own are named {@code __...}, so
 * that the two sides of a join never share a name.
 */
final class SourceReading {
  /** The hidden column of a row's time in microseconds. */
  static final String TIME = "__time";

  private static final String AT = "__at";
  private static final String READ = "__read";
  private static final long FITS_A_BROADCAST = 1_000_000;

  private final Stage stage;
  private final String name;
  private final Dataset<Row> source;
  private final On on;

  SourceReading(Stage stage, String name, Dataset<Row> source, On on) {
    this.stage = stage;
    this.name = name;
    this.source = source;
    this.on = on;
    stage.refuseUnknown(on.left(), "the join with '" + name + "'");
    Stage.of(source).refuseUnknown(on.right(), "source '" + name + "'");
    on.columns().forEach(this::refuseUnlike);
  }

  private void refuseUnlike(String left, String right) {
    DataType here = stage.rows().schema().apply(left).dataType();
    DataType there = source.schema().apply(right).dataType();
    if (!here.sameType(there) && !(here instanceof NumericType && there instanceof NumericType)) {
      throw new LockstepException(
          "'%s' is of type %s, but '%s' of source '%s' of type %s"
              .formatted(left, here.simpleString(), right, name, there.simpleString()),
          "Derive a column of the other's type, and join on that");
    }
  }

  /** Measures in windows of time. */
  Dataset<Row> measured(
      String time,
      Map<String, RowMeasure> earlier,
      List<Window> windows,
      Map<String, Measure> features) {
    Dataset<Row> told = withEarlier(timed(time), earlier);
    List<MeasureQuery> queries = new ArrayList<>();
    List<Column> values = new ArrayList<>();
    for (Map.Entry<String, Measure> feature : features.entrySet()) {
      String column = "__v" + values.size();
      Column value = value(told, feature.getValue(), feature.getKey());
      values.add(value.as(column));
      DataType type = told.select(value.as(column)).schema().apply(0).dataType();
      queries.add(new MeasureQuery(feature.getValue(), col(column), type));
    }
    Column later = col(AT).minus(col(TIME));
    Column any = windows.stream().map(w -> w.holds(later)).reduce(Column::or).orElseThrow();
    Dataset<Row> joined = joined(told, values, any);
    List<String> names = new ArrayList<>(List.copyOf(features.keySet()));
    List<Column> gathered = new ArrayList<>();
    List<Finding> finished = new ArrayList<>();
    for (Window window : windows) {
      for (int i = 0; i < queries.size(); i++) {
        String raw = "__g" + gathered.size();
        gathered.add(queries.get(i).gathered(window.holds(later), col(AT)).as(raw));
        finished.add(
            new Finding(
                names.get(i) + window.ending(),
                queries.get(i).finished(raw),
                queries.get(i).nothing()));
      }
    }
    return back(joined, gathered, finished);
  }

  private static Column value(Dataset<Row> told, Measure measure, String feature) {
    if (measure.of().equals("*")) {
      return lit(1);
    }
    Column value = SqlExpression.of(told, measure.of(), "feature '" + feature + "'");
    DataType type = told.select(value.as("value")).schema().apply(0).dataType();
    return type.equals(DataTypes.BooleanType) ? value.cast("int") : Values.steady(value, type);
  }

  /** The latest row's columns, as of the row's time. */
  Dataset<Row> latest(String time, Columns columns, Period within) {
    Dataset<Row> told = timed(time);
    List<Column> values = new ArrayList<>();
    List<Column> parts = new ArrayList<>(List.of(col(AT)));
    List<Finding> finished = new ArrayList<>();
    columns
        .expressions()
        .forEach(
            (column, sql) -> {
              Column value = SqlExpression.of(told, sql, "column '" + column + "'");
              DataType type = told.select(value.as(column)).schema().apply(0).dataType();
              if (!HashableColumns.isHashable(type)) {
                throw new LockstepException(
                    "column '%s' of '%s' is of type %s, which has no order"
                        .formatted(column, name, type.simpleString()),
                    "Take an entry of it, such as %s['name']".formatted(sql));
              }
              String held = "__v" + values.size();
              values.add(Values.steady(value, type).as(held));
              parts.add(col(held));
              finished.add(new Finding(column, col("__g0").getField(held), lit(null)));
            });
    long oldest = within == null ? Window.EVER : -within.micros();
    Column holds = new Window("", oldest, 1).holds(col(AT).minus(col(TIME)));
    Column best = max(struct(parts.toArray(Column[]::new))).as("__g0");
    return back(joined(told, values, holds), List.of(best), finished);
  }

  /** A dimension's columns. */
  Dataset<Row> dimension(Columns columns, long size) {
    List<Column> taken = new ArrayList<>(sides(on.right(), "__s"));
    columns
        .expressions()
        .forEach(
            (column, sql) ->
                taken.add(SqlExpression.of(source, sql, "column '" + column + "'").as(column)));
    Dataset<Row> side = source.select(taken.toArray(Column[]::new));
    Column equal = equal(i -> col(quoted(on.left().get(i))), on.left().size(), "__s", false);
    return stage
        .rows()
        .join(size <= FITS_A_BROADCAST ? broadcast(side) : side, equal, "left")
        .drop(names("__s", on.right().size()));
  }

  private Dataset<Row> timed(String time) {
    return source.withColumn(AT, Moments.micros(source, time, "'time' of source '" + name + "'"));
  }

  /** Lags of the source's rows; rows of one moment are told apart by what they hold. */
  private Dataset<Row> withEarlier(Dataset<Row> told, Map<String, RowMeasure> earlier) {
    if (earlier.isEmpty()) {
      return told;
    }
    Column[] by = on.right().stream().map(c -> col(quoted(c))).toArray(Column[]::new);
    Column[] row =
        HashableColumns.of(source.schema()).stream()
            .map(c -> col(quoted(c)))
            .toArray(Column[]::new);
    WindowSpec ordered =
        org.apache.spark.sql.expressions.Window.partitionBy(by).orderBy(col(AT), xxhash64(row));
    return Earlier.of(Stage.of(told), ordered, earlier).rows();
  }

  /**
   * What is read for each value and time that rows have: rows that agree in them read the same, so
   * it is read once for all of them.
   */
  private Dataset<Row> joined(Dataset<Row> told, List<Column> values, Column holds) {
    List<Column> left = new ArrayList<>(sides(on.left(), "__b"));
    left.add(col(TIME));
    List<Column> right = new ArrayList<>(sides(on.right(), "__s"));
    right.add(col(AT));
    right.addAll(values);
    return stage
        .having(on.left())
        .select(left.toArray(Column[]::new))
        .distinct()
        .join(
            told.select(right.toArray(Column[]::new)),
            equal(i -> col("__b" + i), on.left().size(), "__s", false).and(holds));
  }

  /**
   * How the gathered rows are reduced.
   *
   * @param name its column
   * @param value its value where something was
   * @param nothing its value where nothing was
   */
  private record Finding(String name, Column value, Column nothing) {}

  private Dataset<Row> back(Dataset<Row> joined, List<Column> gathered, List<Finding> finished) {
    List<Column> sides = Stream.of(names("__b", on.left().size())).map(c -> col(c)).toList();
    List<Column> groups = new ArrayList<>(sides);
    groups.add(col(TIME).as(READ));
    List<Column> once = new ArrayList<>(sides);
    once.add(col(READ));
    List<Column> all =
        new ArrayList<>(Stream.of(stage.rows().columns()).map(c -> col(quoted(c))).toList());
    for (Finding finding : finished) {
      String held = "__f" + all.size();
      once.add(finding.value().as(held));
      all.add(coalesce(col(held), finding.nothing()).as(finding.name()));
    }
    Dataset<Row> found =
        joined
            .groupBy(groups.toArray(Column[]::new))
            .agg(gathered.get(0), gathered.stream().skip(1).toArray(Column[]::new))
            .select(once.toArray(Column[]::new));
    Column same =
        equal(i -> col(quoted(on.left().get(i))), on.left().size(), "__b", true)
            .and(col(TIME).equalTo(col(READ)));
    return stage.rows().join(found, same, "left").select(all.toArray(Column[]::new));
  }

  private static List<Column> sides(List<String> columns, String prefix) {
    List<Column> sides = new ArrayList<>();
    for (String column : columns) {
      sides.add(col(quoted(column)).as(prefix + sides.size()));
    }
    return sides;
  }

  private static String[] names(String prefix, int count) {
    return Stream.iterate(0, i -> i + 1).limit(count).map(i -> prefix + i).toArray(String[]::new);
  }

  private static Column equal(
      java.util.function.IntFunction<Column> left, int count, String prefix, boolean nullToo) {
    Column all = lit(true);
    for (int i = 0; i < count; i++) {
      Column right = col(prefix + i);
      all = all.and(nullToo ? left.apply(i).eqNullSafe(right) : left.apply(i).equalTo(right));
    }
    return all;
  }
}
