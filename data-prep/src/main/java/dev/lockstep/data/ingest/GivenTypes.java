package dev.lockstep.data.ingest;

import static dev.lockstep.data.sql.Identifiers.quoted;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.LockstepException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;

/**
 * The types that the user asked for.
 *
 * @param byColumn type by the column's name in the table
 */
record GivenTypes(Map<String, DataType> byColumn) {
  private static final Set<String> KNOWN =
      Set.of(
          "tinyint",
          "smallint",
          "int",
          "bigint",
          "float",
          "double",
          "boolean",
          "string",
          "date",
          "timestamp");

  /**
   * Reads {@code --types}.
   *
   * @throws LockstepException if one is no type of a plain column
   */
  static GivenTypes of(ImportSpec spec) {
    Map<String, DataType> types = new TreeMap<>();
    spec.types().forEach((name, type) -> types.put(ColumnNames.held(name), parse(name, type)));
    return new GivenTypes(types);
  }

  Optional<DataType> of(String column) {
    return Optional.ofNullable(byColumn.get(column));
  }

  private static DataType parse(String column, String text) {
    try {
      DataType type = DataType.fromDDL(text);
      if (KNOWN.contains(type.simpleString()) || type instanceof DecimalType) {
        return type;
      }
    } catch (Exception e) { // Spark's parse errors are checked, and named by no signature.
      throw unknown(column, text, e);
    }
    throw unknown(column, text, null);
  }

  private static LockstepException unknown(String column, String text, Exception cause) {
    return new LockstepException(
        "--types gives '%s' the type '%s', which is not one".formatted(column, text),
        "Use bigint, double, string, boolean, int, float, decimal(10,2), date or timestamp",
        cause);
  }

  /**
   * The rows with columns of the given types.
   *
   * @throws LockstepException if a value is not of its column's type
   */
  static Dataset<Row> cast(Dataset<Row> rows, GivenTypes types, ImportSpec spec) {
    Map<String, DataType> other = new TreeMap<>(types.byColumn());
    other.entrySet().removeIf(e -> rows.schema().apply(e.getKey()).dataType().equals(e.getValue()));
    if (other.isEmpty()) {
      return rows;
    }
    List<Column> questions = new ArrayList<>();
    other.forEach(
        (name, type) -> {
          Column value = col(quoted(name));
          Column unfit = value.isNotNull().and(value.try_cast(type).isNull());
          questions.add(count_if(unfit));
          questions.add(min(when(unfit, value)).cast("string"));
        });
    Row answers = rows.agg(count(lit(1)), questions.toArray(Column[]::new)).head();
    Dataset<Row> typed = rows;
    int at = 1;
    for (var given : other.entrySet()) {
      if (answers.getLong(at) > 0) {
        throw new LockstepException(
            "--types gives '%s' the type %s, but %,d of its values in %s are not, such as '%s'"
                .formatted(
                    given.getKey(),
                    given.getValue().simpleString(),
                    answers.getLong(at),
                    spec.file(),
                    Excerpt.of(answers.getString(at + 1))),
            "Leave the column out of --types, and its values decide; or name the mark with --missing");
      }
      typed = typed.withColumn(given.getKey(), col(quoted(given.getKey())).cast(given.getValue()));
      at += 2;
    }
    return typed;
  }
}
