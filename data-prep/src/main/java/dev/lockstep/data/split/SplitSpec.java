package dev.lockstep.data.split;

import static dev.lockstep.data.Identifiers.quoted;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;

/**
 * How rows are split: by a hash of their key, so that a row stays where it is as the table grows,
 * or by a column that says it.
 *
 * @param validation share of the validation split, 0.15 by default
 * @param test share of the test split, 0.15 by default; 0 where {@code testTable} is given
 * @param salt another salt gives another split, 0 by default
 * @param column a column that says {@code train}, {@code validation} or {@code test}; null for none
 * @param testTable a table of its own that is the test split, so that no row of the other is; null
 *     for none
 * @param testVersion its version; null for the latest
 */
public record SplitSpec(
    Double validation,
    Double test,
    Integer salt,
    String column,
    String testTable,
    Long testVersion) {
  private static final int UNUSED_BITS = 11;
  private static final double UNIT = 1.0 / (1L << 53);

  /** Fills in what is not said and checks the shares. */
  public SplitSpec {
    validation = validation == null ? 0.15 : validation;
    test = test == null ? (testTable == null ? 0.15 : 0) : test;
    salt = salt == null ? 0 : salt;
    if (validation < 0 || test < 0 || !(validation + test < 1)) {
      throw new IllegalArgumentException(
          "split.validation is %s and split.test %s; together they must leave rows to train on"
              .formatted(validation, test));
    }
    if (testTable != null && test > 0) {
      throw new IllegalArgumentException(
          "split.test and split.testTable exclude each other; leave one out");
    }
  }

  /** 15 % validation, 15 % test, by hash. */
  public static SplitSpec defaults() {
    return new SplitSpec(null, null, null, null, null, null);
  }

  /** The same with one version of the test table. */
  public SplitSpec pinned(String table, long version) {
    return new SplitSpec(validation, test, salt, column, table, version);
  }

  /** The split of a row, from the columns of its key. */
  public Column of(List<String> key) {
    if (column != null) {
      return col(quoted(column)).cast("string");
    }
    Column[] parts =
        Stream.concat(Stream.of(lit("split " + salt)), key.stream().map(c -> col(quoted(c))))
            .toArray(Column[]::new);
    Column unit =
        org.apache
            .spark
            .sql
            .functions
            .shiftrightunsigned(xxhash64(parts), UNUSED_BITS)
            .multiply(lit(UNIT));
    return when(unit.lt(test), Split.TEST.column())
        .when(unit.lt(test + validation), Split.VALIDATION.column())
        .otherwise(Split.TRAIN.column());
  }
}
