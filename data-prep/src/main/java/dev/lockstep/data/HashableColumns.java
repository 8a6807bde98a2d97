package dev.lockstep.data;

import java.util.Arrays;
import java.util.List;
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
