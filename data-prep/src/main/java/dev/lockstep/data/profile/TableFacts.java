package dev.lockstep.data.profile;

import static dev.lockstep.data.sql.Identifiers.quoted;
import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.approx_count_distinct;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;

import dev.lockstep.data.sql.ColumnValues;
import dev.lockstep.data.sql.HashableColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;

/**
 * What one reading of a table tells of its columns, before anything is decided of them.
 *
 * @param rows number of rows
 * @param columns its columns, in their order
 */
public record TableFacts(long rows, List<ColumnFacts> columns) {
  private static final int QUESTIONS = 5;

  /** Copies the list. */
  public TableFacts {
    columns = List.copyOf(columns);
  }

  /**
   * A column.
   *
   * @param name its name
   * @param type its type
   * @param missing number of rows without a value
   * @param distinct about how many values it has, off by some percent; empty where its values
   *     cannot be compared
   * @param least the least value as text; empty where all are missing
   * @param greatest the greatest value as text; empty where all are missing
   * @param notFinite number of rows with NaN or an infinite number
   */
  public record ColumnFacts(
      String name,
      DataType type,
      long missing,
      OptionalLong distinct,
      Optional<String> least,
      Optional<String> greatest,
      long notFinite) {}

  /** Reads a table once. */
  public static TableFacts of(Dataset<Row> table) {
    StructField[] fields = table.schema().fields();
    List<Column> questions = new ArrayList<>();
    for (StructField field : fields) {
      Column value = col(quoted(field.name()));
      Column comparable =
          HashableColumns.isHashable(field.dataType()) ? value : lit(null).cast("string");
      questions.add(count_if(value.isNull()));
      questions.add(approx_count_distinct(comparable));
      questions.add(min(comparable).cast("string"));
      questions.add(max(comparable).cast("string"));
      questions.add(
          ColumnValues.isReal(field.dataType())
              ? count_if(not(abs(value).lt(Double.POSITIVE_INFINITY)))
              : lit(0L));
    }
    Row answers = table.agg(count(lit(1)), questions.toArray(Column[]::new)).head();
    List<ColumnFacts> columns = new ArrayList<>();
    for (int i = 0; i < fields.length; i++) {
      int at = 1 + QUESTIONS * i;
      DataType type = fields[i].dataType();
      columns.add(
          new ColumnFacts(
              fields[i].name(),
              type,
              answers.getLong(at),
              HashableColumns.isHashable(type)
                  ? OptionalLong.of(answers.getLong(at + 1))
                  : OptionalLong.empty(),
              Optional.ofNullable(answers.getString(at + 2)),
              Optional.ofNullable(answers.getString(at + 3)),
              answers.getLong(at + 4)));
    }
    return new TableFacts(answers.getLong(0), columns);
  }
}
