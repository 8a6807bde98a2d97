package dev.lockstep.data.sql;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.VariantType;

/** The columns whose values can name a row: all but maps and variants, which have no order. */
public final class HashableColumns {
  private HashableColumns() {}

  /** Their names, sorted, so that the order of a table's columns does not matter. */
  public static List<String> of(StructType schema) {
    return Arrays.stream(schema.fields())
        .filter(field -> isHashable(field.dataType()))
        .map(StructField::name)
        .sorted()
        .toList();
  }

  /**
   * A hash of columns by which rows are found again. Spark's skips nulls, so that it takes rows for
   * equal whose values stand in different columns; here each column says whether it is null.
   */
  public static Column hash(List<String> columns) {
    return xxhash64(
        columns.stream()
            .map(c -> col(Identifiers.quoted(c)))
            .flatMap(c -> Stream.of(c, c.isNull()))
            .toArray(Column[]::new));
  }

  /**
   * The hash of a whole row, by which rows are ordered and sampled.
   *
   * @param all the columns of {@link #of}
   */
  public static Column rowHash(List<String> all) {
    return xxhash64(
        Stream.concat(Stream.of(lit("row")), all.stream().map(c -> col(Identifiers.quoted(c))))
            .toArray(Column[]::new));
  }

  /** Whether values of a type can be hashed and compared. */
  public static boolean isHashable(DataType type) {
    if (type instanceof ArrayType array) {
      return isHashable(array.elementType());
    }
    if (type instanceof StructType struct) {
      return Arrays.stream(struct.fields()).allMatch(field -> isHashable(field.dataType()));
    }
    return !(type instanceof MapType || type instanceof VariantType);
  }
}
