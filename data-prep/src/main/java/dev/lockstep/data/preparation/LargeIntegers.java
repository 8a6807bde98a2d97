package dev.lockstep.data.preparation;

import static dev.lockstep.data.sql.Identifiers.quoted;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import dev.lockstep.data.features.FeatureFitting;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.sql.ColumnValues;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StructType;

/**
 * Whole numbers beyond 2^53: names rather than numbers, and as doubles neighbours would become one.
 */
final class LargeIntegers {
  private static final int EXACT_DIGITS = 15;

  private LargeIntegers() {}

  /**
   * The features, such columns among the categorical ones unless the user listed them as numeric.
   *
   * @param table the whole table, of whose files Delta knows the ranges
   * @param warnings gets a line for each such column
   */
  static FeatureFitting.Columns separated(
      Dataset<Row> table, DataSpec spec, FeatureFitting.Columns columns, List<String> warnings) {
    StructType schema = table.schema();
    List<String> large =
        columns.numeric().stream().filter(name -> isLong(schema.apply(name).dataType())).toList();
    if (large.isEmpty()) {
      return columns;
    }
    Column[] ranges =
        large.stream()
            .flatMap(name -> Stream.of(min(col(quoted(name))), max(col(quoted(name)))))
            .toArray(Column[]::new);
    Row row = table.select(ranges).head();
    List<String> numeric = new ArrayList<>(columns.numeric());
    List<String> categorical = new ArrayList<>(columns.categorical());
    for (int i = 0; i < large.size(); i++) {
      Object least = row.get(2 * i);
      Object greatest = row.get(2 * i + 1);
      Optional<String> beyond = beyond(least).or(() -> beyond(greatest));
      String name = large.get(i);
      if (beyond.isPresent() && spec.features().byType()) {
        numeric.remove(name);
        categorical.add(name);
        warnings.add(
            "column '%s' has whole numbers beyond 2^53, such as %s, which floating numbers do not tell apart: it is a categorical feature (features.exclude leaves it out)"
                .formatted(name, beyond.get()));
      } else if (beyond.isPresent()) {
        warnings.add(
            "numeric feature '%s' has whole numbers beyond 2^53, such as %s, which floating numbers do not tell apart: list it in features.categorical to keep them exact"
                .formatted(name, beyond.get()));
      }
    }
    return new FeatureFitting.Columns(numeric, categorical);
  }

  /** A number, where it is beyond 2^53. */
  private static Optional<String> beyond(Object number) {
    return Optional.ofNullable(number)
        .map(n -> new BigDecimal(n.toString()))
        .filter(n -> !ColumnValues.isExact(n))
        .map(BigDecimal::toPlainString);
  }

  private static boolean isLong(DataType type) {
    return type.equals(DataTypes.LongType)
        || type instanceof DecimalType decimal
            && decimal.scale() == 0
            && decimal.precision() > EXACT_DIGITS;
  }
}
