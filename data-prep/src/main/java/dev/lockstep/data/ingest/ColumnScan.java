package dev.lockstep.data.ingest;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * What is asked of all values of one text column, so that one pass over the file tells its type.
 *
 * @param name the column's name in the table
 * @param value its text, null where it is missing
 * @param given the type that the user asked for
 */
record ColumnScan(String name, Column value, Optional<DataType> given) {
  /** Number of questions, so of answers, a column. */
  static final int QUESTIONS = 7;

  /** Text that is a number in decimal notation. */
  static final String NUMBER = "^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?$";

  /** Every text of so many digits fits a long. */
  private static final String WHOLE_NUMBER = "^[+-]?[0-9]{1,18}$";

  /** Digits alone, of any number. */
  private static final String DIGITS = "^[+-]?[0-9]+$";

  /** Aggregates, in the order that {@link Answers} reads them. */
  List<Column> questions() {
    Column unfit = value.isNotNull().and(value.try_cast(wanted()).isNull());
    return List.of(
        count(value),
        count_if(not(value.rlike(WHOLE_NUMBER))),
        count_if(not(value.rlike(NUMBER))),
        count_if(value.endsWith(".")),
        count_if(unfit),
        min(when(unfit, value)),
        count_if(not(value.rlike(DIGITS))));
  }

  private DataType wanted() {
    return given.orElse(DataTypes.StringType);
  }

  /** The column, of its type. */
  Column typed(Answers answers, boolean withoutStop) {
    Column text = withoutStop ? value.substr(lit(1), length(value).minus(1)) : value;
    return text.cast(given.orElse(answers.type())).as(name);
  }

  /**
   * What the values said.
   *
   * @param filled number of values that are not missing
   * @param notWhole of these, how many are not whole numbers
   * @param notNumber how many are not numbers
   * @param stopped how many end with a full stop
   * @param unfit how many are not of the given type
   * @param unfitValue one of these, or null
   * @param notDigits how many have other than digits
   */
  record Answers(
      long filled,
      long notWhole,
      long notNumber,
      long stopped,
      long unfit,
      String unfitValue,
      long notDigits) {
    static Answers read(Row row, int at) {
      return new Answers(
          row.getLong(at),
          row.getLong(at + 1),
          row.getLong(at + 2),
          row.getLong(at + 3),
          row.getLong(at + 4),
          row.getString(at + 5),
          row.getLong(at + 6));
    }

    /**
     * The narrowest of long, double and string that keeps all values apart: digits that are too
     * many for a long are names, and as doubles neighbours would be one.
     */
    DataType type() {
      if (filled == 0 || notNumber > 0) {
        return DataTypes.StringType;
      }
      if (notWhole == 0) {
        return DataTypes.LongType;
      }
      return notDigits == 0 ? DataTypes.StringType : DataTypes.DoubleType;
    }

    /** Whether all values end with a full stop that is not a decimal point. */
    boolean allStopped() {
      return filled > 0 && stopped == filled && notNumber > 0;
    }
  }
}
