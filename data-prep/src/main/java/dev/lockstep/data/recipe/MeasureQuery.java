package dev.lockstep.data.recipe;

import static org.apache.spark.sql.functions.aggregate;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.sqrt;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.LockstepException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;

/**
 * A measure as Spark's aggregates compute it. Adding doubles in another order gives other bits, and
 * Spark's order is that of its partitions; so they are collected, sorted and added in order.
 *
 * @param measure the measure
 * @param value its values, of rows of the source
 * @param type their type
 */
record MeasureQuery(Measure measure, Column value, DataType type) {
  /** Refuses sums of what is no number. */
  MeasureQuery {
    boolean adds =
        switch (measure.function()) {
          case SUM, MEAN, STD -> true;
          default -> false;
        };
    if (adds && !(type instanceof NumericType)) {
      throw new LockstepException(
          "%s adds values of type %s".formatted(measure.text(), type.simpleString()),
          "Give a number, such as cast(%s as double)".formatted(measure.of()));
    }
  }

  /**
   * What is gathered of a group's rows.
   *
   * @param in whether a row belongs to the window
   * @param at the row's time
   */
  Column gathered(Column in, Column at) {
    Column inside = when(in, value);
    Column timed = when(in.and(value.isNotNull()), struct(at.as("at"), value.as("value")));
    return switch (measure.function()) {
      case COUNT -> count(inside);
      case DISTINCT -> size(collect_set(inside));
      case SUM -> Values.isReal(type) ? numbers(inside) : sum(inside);
      case MEAN, STD -> numbers(inside);
      case MIN -> min(inside);
      case MAX -> max(inside);
      case FIRST -> min(timed);
      case LAST -> max(timed);
    };
  }

  private static Column numbers(Column inside) {
    return sort_array(collect_list(inside.cast(DataTypes.DoubleType)));
  }

  /** The measure, from what was gathered, of which a window may have nothing. */
  Column finished(String gathered) {
    Column found = col(gathered);
    Column n = size(found);
    return switch (measure.function()) {
      case COUNT, DISTINCT -> found;
      case SUM -> Values.isReal(type) ? added(found) : coalesce(found, nothing());
      case MEAN -> when(n.gt(0), added(found).divide(n));
      case STD -> {
        // The mean as a variable of a lambda: written out inside the other it would be computed
        // again for each value.
        Column squares =
            element_at(
                transform(
                    array(added(found).divide(n)),
                    mean ->
                        aggregate(
                            found,
                            lit(0.0),
                            (total, v) -> total.plus(v.minus(mean).multiply(v.minus(mean))))),
                lit(1));
        yield when(n.gt(1), sqrt(squares.divide(n.minus(1))));
      }
      case MIN, MAX -> found;
      case FIRST, LAST -> found.getField("value");
    };
  }

  /** The measure where there is no row at all. */
  Column nothing() {
    return switch (measure.function()) {
      case COUNT -> lit(0L);
      case DISTINCT -> lit(0);
      case SUM -> Values.isReal(type) ? lit(0.0) : lit(0).cast(summed());
      case MEAN, STD, MIN, MAX, FIRST, LAST -> lit(null);
    };
  }

  private DataType summed() {
    return type instanceof org.apache.spark.sql.types.DecimalType d
        ? DataTypes.createDecimalType(Math.min(38, d.precision() + 10), d.scale())
        : DataTypes.LongType;
  }

  private static Column added(Column numbers) {
    return aggregate(numbers, lit(0.0), Column::plus);
  }
}
