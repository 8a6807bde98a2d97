package dev.lockstep.data.ingest;

import dev.lockstep.data.LockstepException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
        "Use long, double, string, boolean, int, float, date or timestamp",
        cause);
  }

  /** What to say of a value that is not of its column's type. */
  static LockstepException unfit(ImportSpec spec, String column, DataType type, long n, String v) {
    return new LockstepException(
        "--types gives '%s' the type %s, but %,d of its values in %s are not, such as '%s'"
            .formatted(column, type.simpleString(), n, spec.file(), v),
        "Leave the column out of --types, and its values decide; or name the mark with --missing");
  }
}
