package dev.lockstep.data.preparation;

import static dev.lockstep.data.sql.Identifiers.quoted;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import dev.lockstep.data.features.PlacedRows;
import dev.lockstep.data.split.Split;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Keys with rows in several splits: what is known of them in one is known in the other. */
final class GroupLeakage {
  private static final String COUNT = "lockstep count";

  private GroupLeakage() {}

  /**
   * A warning, if there are such keys.
   *
   * @param split the split of the table's rows
   * @param apart rows that are test rows beside the table's; empty for none
   */
  static Optional<String> in(
      Dataset<Row> table, Column split, Optional<Dataset<Row>> apart, List<String> key) {
    Column[] keys = key.stream().map(k -> col(quoted(k))).toArray(Column[]::new);
    Dataset<Row> placed = table.select(with(keys, split.as(PlacedRows.SPLIT)));
    if (apart.isPresent()) {
      if (!Arrays.asList(apart.get().columns()).containsAll(key)) {
        return Optional.empty();
      }
      placed =
          placed
              .where(
                  org.apache.spark.sql.functions.not(
                      PlacedRows.split().eqNullSafe(Split.TEST.column())))
              .union(apart.get().select(with(keys, lit(Split.TEST.column()).as(PlacedRows.SPLIT))));
    }
    long several =
        placed
            .distinct()
            .groupBy(keys)
            .agg(count(lit(1)).as(COUNT))
            .where(col(quoted(COUNT)).gt(1))
            .count();
    return several == 0
        ? Optional.empty()
        : Optional.of(
            "%,d keys (%s) have rows in more than one split: what is learned of them in train is tested on them, too"
                .formatted(several, String.join(", ", key)));
  }

  private static Column[] with(Column[] keys, Column last) {
    Column[] all = Arrays.copyOf(keys, keys.length + 1);
    all[keys.length] = last;
    return all;
  }
}
