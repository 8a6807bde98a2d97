package dev.lockstep.distributor.bench;

import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pow;
import static org.apache.spark.sql.functions.rand;
import static org.apache.spark.sql.functions.randn;
import static org.apache.spark.sql.functions.when;

import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;

/**
 * A table of chance, with a label of two classes.
 *
 * @param rows rows
 * @param numeric numeric columns, n0 and so on: normally distributed, every fourth with missing
 *     values
 * @param categorical categorical columns, c0 and so on, of 100 values, the first of them frequent
 */
record GeneratedTable(long rows, int numeric, int categorical) {
  /** Name of the label's column. */
  static final String LABEL = "label";

  /** Writes it as a Delta table. */
  void write(SparkSession spark, String table) {
    Column[] columns =
        Stream.of(
                Stream.of(when(rand(0).lt(0.3), "yes").otherwise("no").as(LABEL)),
                Stream.iterate(0, i -> i < numeric, i -> i + 1).map(i -> number(i).as("n" + i)),
                Stream.iterate(0, i -> i < categorical, i -> i + 1)
                    .map(i -> category(i).as("c" + i)))
            .flatMap(s -> s)
            .toArray(Column[]::new);
    spark.range(rows).select(columns).write().format("delta").save(table);
  }

  /** Names of the numeric columns. */
  String[] numericCols() {
    return names("n", numeric);
  }

  /** Names of the categorical columns. */
  String[] categoricalCols() {
    return names("c", categorical);
  }

  private static String[] names(String prefix, int count) {
    return Stream.iterate(0, i -> i < count, i -> i + 1)
        .map(i -> prefix + i)
        .toArray(String[]::new);
  }

  private static Column number(int i) {
    Column value = randn(1 + i);
    return i % 4 == 3 ? when(rand(1001 + i).gt(0.05), value) : value;
  }

  private static Column category(int i) {
    return concat(lit("category "), floor(pow(rand(2001 + i), lit(3)).multiply(lit(100))));
  }
}
