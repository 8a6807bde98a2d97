package dev.lockstep.data.spec;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/**
 * How rows are split: by a hash of their key, so that a row stays where it is as the table grows,
 * by time, or by a column that says it. Rows with one key are always in one split, but for a column
 * that says otherwise.
 *
 * @param validation share of the validation split, 0.15 by default; null with {@code time}
 * @param test share of the test split, 0.15 by default; 0 where {@code testTable} is given; null
 *     with {@code time}
 * @param salt another salt gives another split, 0 by default
 * @param column a column that says {@code train}, {@code validation} or {@code test}; null for none
 * @param testTable a table of its own that is the test split, so that no row of the other is; null
 *     for none
 * @param testVersion its version; null for the latest
 * @param time a column (date, timestamp or number) by which rows are split; null for none. A key
 *     belongs where its latest row does, so that nothing is trained on that comes after
 * @param validationFrom the first value of {@code time} that is validation; null for no validation
 * @param testFrom the first value of {@code time} that is test
 * @param stratify whether every class of the label has the same shares in each split; a few rows
 *     then move from one split to another as the table grows
 */
public record SplitSpec(
    Double validation,
    Double test,
    Integer salt,
    String column,
    String testTable,
    Long testVersion,
    String time,
    String validationFrom,
    String testFrom,
    Boolean stratify) {
  private static final double GUESSED_TRAIN_SHARE = 0.5;
  private static final int UNUSED_BITS = 11;
  private static final double UNIT = 1.0 / (1L << 53);

  /** Fills in what is not said and checks the shares. */
  public SplitSpec {
    stratify = stratify != null && stratify;
    if (time != null) {
      refuseWithTime(validation, test, column, testTable, stratify, testFrom);
    } else if (validationFrom != null || testFrom != null) {
      throw new IllegalArgumentException(
          "split.validationFrom and split.testFrom are values of a column: say 'split.time' too");
    }
    if (stratify && column != null) {
      throw new IllegalArgumentException(
          "split.stratify and split.column exclude each other; leave one out");
    }
    salt = salt == null ? 0 : salt;
    if (time == null) {
      validation = validation == null ? 0.15 : validation;
      test = test == null ? (testTable == null ? 0.15 : 0) : test;
      checkShares(validation, test, testTable);
    }
  }

  private static void checkShares(double validation, double test, String testTable) {
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

  /** By hash, by a column or with a test table. */
  public SplitSpec(
      Double validation,
      Double test,
      Integer salt,
      String column,
      String testTable,
      Long testVersion) {
    this(validation, test, salt, column, testTable, testVersion, null, null, null, null);
  }

  private static void refuseWithTime(
      Double validation,
      Double test,
      String column,
      String testTable,
      boolean stratify,
      String testFrom) {
    if (validation != null || test != null || column != null || testTable != null || stratify) {
      throw new IllegalArgumentException(
          "split.time says alone how rows are split; leave out validation, test, column,"
              + " testTable and stratify");
    }
    if (testFrom == null) {
      throw new IllegalArgumentException(
          "'split.testFrom' is missing: the first value of split.time that is test");
    }
  }

  /** 15 % validation, 15 % test, by hash. */
  public static SplitSpec defaults() {
    return new SplitSpec(null, null, null, null, null, null);
  }

  /** The same with one version of the test table. */
  public SplitSpec pinned(String table, long version) {
    return new SplitSpec(
        validation, test, salt, column, table, version, time, validationFrom, testFrom, stratify);
  }

  /** The same without the test table's version. */
  public SplitSpec unpinned() {
    return new SplitSpec(
        validation, test, salt, column, testTable, null, time, validationFrom, testFrom, stratify);
  }

  /** About what share of the rows is in the train split, at least; a guess where rows say it. */
  public double trainShare() {
    return column == null && time == null ? 1 - validation - test : GUESSED_TRAIN_SHARE;
  }

  /** A number in {@code [0, 1)} for a row, from what names it: its key, or its hash. */
  public Column unit(Stream<Column> name) {
    Column[] parts = Stream.concat(Stream.of(lit("split " + salt)), name).toArray(Column[]::new);
    return functions.shiftrightunsigned(xxhash64(parts), UNUSED_BITS).multiply(lit(UNIT));
  }
}
