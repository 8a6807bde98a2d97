package dev.lockstep.data.recipe;

import static org.apache.spark.sql.functions.lit;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** Values of which equal ones have equal bits. */
final class Values {
  private Values() {}

  /** Negative zero equals zero, and any of the two may be kept: it becomes zero. */
  static Column steady(Column value, DataType type) {
    if (type.equals(DataTypes.DoubleType)) {
      return value.plus(lit(0.0));
    }
    return type.equals(DataTypes.FloatType) ? value.plus(lit(0f)) : value;
  }

  static boolean isReal(DataType type) {
    return type.equals(DataTypes.DoubleType) || type.equals(DataTypes.FloatType);
  }
}
