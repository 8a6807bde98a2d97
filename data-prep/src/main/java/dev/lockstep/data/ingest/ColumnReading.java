package dev.lockstep.data.ingest;

import java.io.Serializable;
import java.time.ZoneId;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * How the texts of a column become values.
 *
 * @param kind what the values are
 * @param decimal the decimal mark of numbers
 * @param unit the currency or percent sign of numbers; empty for none
 * @param order the order of dates
 * @param zone the time zone of times that name none
 * @param marks what stands for a missing value
 */
record ColumnReading(
    Kind kind, DecimalMark decimal, String unit, DateOrder order, ZoneId zone, Marks marks)
    implements Serializable {
  /** What the values of a column are. */
  enum Kind {
    TEXT,
    /** Text without its last character, a full stop. */
    TEXT_WITHOUT_STOP,
    WHOLE,
    NUMBER,
    /** Numbers as plain text, to become of a type that the user gave. */
    NUMERAL,
    DATE,
    TIMESTAMP;

    boolean isText() {
      return this == TEXT || this == TEXT_WITHOUT_STOP;
    }
  }

  /** The type of the values. */
  DataType type() {
    return switch (kind) {
      case TEXT, TEXT_WITHOUT_STOP, NUMERAL -> DataTypes.StringType;
      case WHOLE -> DataTypes.LongType;
      case NUMBER -> DataTypes.DoubleType;
      case DATE -> DataTypes.DateType;
      case TIMESTAMP -> DataTypes.TimestampType;
    };
  }

  /** The value of a text without blanks around it; null if it is missing. */
  Object read(String text) {
    if (marks.everywhere().contains(text)
        || !kind.isText() && marks.amongNumbers().contains(text)) {
      return null;
    }
    return switch (kind) {
      case TEXT -> text;
      case TEXT_WITHOUT_STOP -> text.substring(0, text.length() - 1);
      case WHOLE -> Long.valueOf(number(text).orElseThrow().plain());
      case NUMBER -> Double.valueOf(number(text).orElseThrow().plain());
      case NUMERAL -> number(text).map(NumberText::plain).orElse(text);
      case DATE -> DateText.read(text, order).orElseThrow().date();
      case TIMESTAMP -> DateText.read(text, order).orElseThrow().moment(zone);
    };
  }

  private Optional<NumberText> number(String text) {
    return NumberText.read(text, decimal).filter(number -> number.unit().equals(unit));
  }
}
