package dev.lockstep.data.spec;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import com.fasterxml.jackson.annotation.JsonInclude;
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
 * @param fold which part of the table is the test split, where parts are it in turn; null for the
 *     first share
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
    Boolean stratify,
    @JsonInclude(JsonInclude.Include.NON_NULL) FoldSpec fold) {
  private static final double DEFAULT_SHARE = 0.15;
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
    if (fold != null) {
      refuseWithFold(test, fold, column, testTable, time);
      test = 1.0 / fold.of();
    }
    if (time == null) {
      validation = validation == null ? DEFAULT_SHARE : validation;
      test = test == null ? (testTable == null ? DEFAULT_SHARE : 0) : test;
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
    this(validation, test, salt, column, testTable, testVersion, null, null, null, null, null);
  }

  private static void refuseWithFold(
      Double test, FoldSpec fold, String column, String testTable, String time) {
    boolean other = test != null && test != 1.0 / fold.of();
    if (other || column != null || testTable != null || time != null) {
      throw new IllegalArgumentException(
          "folds are parts of the table by the hash of the key, each the test split in turn; leave"
              + " out split.test, split.column, split.testTable and split.time");
    }
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
        validation,
        test,
        salt,
        column,
        table,
        version,
        time,
        validationFrom,
        testFrom,
        stratify,
        fold);
  }

  /** The same without the test table's version. */
  public SplitSpec unpinned() {
    return new SplitSpec(
        validation,
        test,
        salt,
        column,
        testTable,
        null,
        time,
        validationFrom,
        testFrom,
        stratify,
        fold);
  }

  /**
   * The same with a fold as the test split.
   *
   * @param repeat how often all rows have been in a test split before, from 0; each time they are
   *     cut in another way
   * @param byClass whether each fold is to have the classes' shares
   * @throws IllegalArgumentException if this says another test split
   */
  public SplitSpec withFold(FoldSpec part, int repeat, boolean byClass) {
    return new SplitSpec(
        validation,
        fold == null && test != null && test == DEFAULT_SHARE ? null : test,
        salt + repeat,
        column,
        testTable,
        testVersion,
        time,
        validationFrom,
        testFrom,
        stratify || byClass,
        part);
  }

  /** Where the test split begins, as a share of the table. */
  public double testStart() {
    return fold == null ? 0 : fold.from();
  }

  /** Where the test split ends and the validation split begins. */
  public double testEnd() {
    return fold == null ? test : fold.to();
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
