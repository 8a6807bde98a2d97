package dev.lockstep.data.preparation;

import static dev.lockstep.data.sql.Identifiers.quoted;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.OnBadRow;
import dev.lockstep.data.sql.HashableColumns;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** Holds a table to one row for each key. */
final class UniqueKeys {
  private static final String PLACE = "lockstep place";
  private static final String COUNT = "lockstep count";

  private UniqueKeys() {}

  /**
   * The table with one row for each key: that with the least hash.
   *
   * @param warnings where the number of rows that are left out is told
   * @throws LockstepException if a key has several rows and they are not to be dropped
   */
  static Dataset<Row> of(Dataset<Row> table, DataSpec spec, List<String> warnings) {
    Column[] key = spec.key().stream().map(k -> col(quoted(k))).toArray(Column[]::new);
    Row found =
        table
            .groupBy(key)
            .agg(count(lit(1)).as(COUNT))
            .where(col(quoted(COUNT)).gt(1))
            .agg(count(lit(1)), sum(quoted(COUNT)))
            .head();
    long keys = found.getLong(0);
    if (keys == 0) {
      return table;
    }
    long rows = found.getLong(1);
    if (spec.onBadRow() == OnBadRow.REFUSE) {
      throw new LockstepException(
          "%s has %d rows for %d keys of %s, which are to have one each"
              .formatted(spec.table(), rows, keys, String.join(", ", spec.key())),
          "Fix the table, leave out 'unique', or say  onBadRow: drop  to keep one of each");
    }
    warnings.add(
        "%,d rows were left out, because their key has another row".formatted(rows - keys));
    Column[] row =
        HashableColumns.of(table.schema()).stream().map(c -> col(quoted(c))).toArray(Column[]::new);
    Column place = row_number().over(Window.partitionBy(key).orderBy(xxhash64(row)));
    return table.withColumn(PLACE, place).where(col(quoted(PLACE)).equalTo(1)).drop(PLACE);
  }
}
