package dev.lockstep.data.internal.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.XXH64;
import org.apache.spark.sql.catalyst.expressions.XxHash64;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.unsafe.types.UTF8String;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Spark's {@code xxhash64} of columns, computed column by column: a row's hash of one column is the
 * seed of the next, so that row by row each hash waits for the one before it.
 *
 * @param seed the hash of what comes before the columns
 * @param columns places of the columns in a batch
 */
record ColumnHash(long seed, List<Integer> columns) implements Serializable {
  /** Those whose hash is that of a long or an int, besides strings, floats and doubles. */
  private static final Set<DataType> LONGS =
      Set.of(DataTypes.LongType, DataTypes.TimestampType, DataTypes.TimestampNTZType);

  private static final Set<DataType> INTS =
      Set.of(DataTypes.ByteType, DataTypes.ShortType, DataTypes.IntegerType, DataTypes.DateType);

  ColumnHash {
    columns = List.copyOf(columns);
  }

  /** The hash that an expression is: of words, then of columns; none if it is something else. */
  static Optional<ColumnHash> of(Expression expression) {
    if (!(expression instanceof XxHash64 hash)) {
      return Optional.empty();
    }
    long seed = hash.seed();
    List<Integer> columns = new ArrayList<>();
    for (Expression child : CollectionConverters.asJava(hash.children())) {
      if (child instanceof BoundReference column && isKnown(column.dataType())) {
        columns.add(column.ordinal());
      } else if (columns.isEmpty()
          && child instanceof Literal literal
          && literal.value() instanceof UTF8String word) {
        seed = XXH64.hashUTF8String(word, seed);
      } else {
        return Optional.empty();
      }
    }
    return columns.isEmpty() ? Optional.empty() : Optional.of(new ColumnHash(seed, columns));
  }

  private static boolean isKnown(DataType type) {
    return LONGS.contains(type)
        || INTS.contains(type)
        || type.equals(DataTypes.BooleanType)
        || type.equals(DataTypes.FloatType)
        || type.equals(DataTypes.DoubleType)
        || type.equals(DataTypes.StringType); // Other collations are other types.
  }

  /** The hashes of a batch's rows. */
  long[] of(ColumnVector[] batch, int rows) {
    long[] hashes = new long[rows];
    Arrays.fill(hashes, seed);
    for (int place : columns) {
      ColumnVector column = batch[place];
      DataType type = column.dataType();
      if (type.equals(DataTypes.DoubleType)) {
        addDoubles(column, hashes);
      } else if (type.equals(DataTypes.StringType)) {
        addWords(column, hashes);
      } else {
        add(column, type, hashes);
      }
    }
    return hashes;
  }

  // A null leaves the hash as it is.

  private static void addDoubles(ColumnVector column, long[] hashes) {
    boolean nulls = column.hasNull();
    for (int i = 0; i < hashes.length; i++) {
      // Spark takes -0 for 0.
      long next = XXH64.hashLong(Double.doubleToLongBits(column.getDouble(i) + 0.0), hashes[i]);
      hashes[i] = nulls && column.isNullAt(i) ? hashes[i] : next;
    }
  }

  private static void addWords(ColumnVector column, long[] hashes) {
    StringColumn words = StringColumn.of(column, hashes.length);
    for (int i = 0; i < hashes.length; i++) {
      UTF8String word = words.get(i);
      hashes[i] = word == null ? hashes[i] : XXH64.hashUTF8String(word, hashes[i]);
    }
  }

  private static void add(ColumnVector column, DataType type, long[] hashes) {
    for (int i = 0; i < hashes.length; i++) {
      if (!column.isNullAt(i)) {
        hashes[i] = hash(column, type, i, hashes[i]);
      }
    }
  }

  private static long hash(ColumnVector column, DataType type, int row, long seed) {
    if (LONGS.contains(type)) {
      return XXH64.hashLong(column.getLong(row), seed);
    }
    if (type.equals(DataTypes.FloatType)) {
      return XXH64.hashInt(Float.floatToIntBits(column.getFloat(row) + 0f), seed);
    }
    if (type.equals(DataTypes.BooleanType)) {
      return XXH64.hashInt(column.getBoolean(row) ? 1 : 0, seed);
    }
    if (type.equals(DataTypes.ByteType)) {
      return XXH64.hashInt(column.getByte(row), seed);
    }
    if (type.equals(DataTypes.ShortType)) {
      return XXH64.hashInt(column.getShort(row), seed);
    }
    return XXH64.hashInt(column.getInt(row), seed);
  }
}
