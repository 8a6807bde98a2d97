package dev.lockstep.data.snapshot;

import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values of Delta Kernel as Java has them: structs and maps in their order, times as instants. */
final class KernelValue {
  private KernelValue() {}

  /**
   * A value of a column.
   *
   * @throws UnsupportedOperationException if it is of a type that no table of ours has
   */
  static Object of(ColumnVector values, int row) {
    if (values.isNullAt(row)) {
      return null;
    }
    DataType type = values.getDataType();
    if (type instanceof StringType) {
      return values.getString(row);
    } else if (type instanceof LongType) {
      return values.getLong(row);
    } else if (type instanceof IntegerType) {
      return values.getInt(row);
    } else if (type instanceof DoubleType) {
      return values.getDouble(row);
    } else if (type instanceof FloatType) {
      return values.getFloat(row);
    } else if (type instanceof BooleanType) {
      return values.getBoolean(row);
    } else if (type instanceof TimestampType) {
      return Instant.EPOCH.plus(values.getLong(row), ChronoUnit.MICROS);
    } else if (type instanceof StructType struct) {
      return struct(struct, values, row);
    } else if (type instanceof MapType) {
      return map(values.getMap(row));
    } else if (type instanceof ArrayType) {
      return list(values.getArray(row));
    }
    throw new UnsupportedOperationException("a column of type " + type);
  }

  private static Map<String, Object> struct(StructType type, ColumnVector values, int row) {
    Map<String, Object> struct = new LinkedHashMap<>();
    List<StructField> fields = type.fields();
    for (int i = 0; i < fields.size(); i++) {
      struct.put(fields.get(i).getName(), of(values.getChild(i), row));
    }
    return struct;
  }

  private static Map<Object, Object> map(MapValue value) {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < value.getSize(); i++) {
      map.put(of(value.getKeys(), i), of(value.getValues(), i));
    }
    return map;
  }

  private static List<Object> list(ArrayValue value) {
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < value.getSize(); i++) {
      list.add(of(value.getElements(), i));
    }
    return list;
  }
}
