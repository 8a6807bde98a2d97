package dev.lockstep.data.features;

import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.sql.Identifiers;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A table's rows beside two columns that say where each row belongs. The names of the two have a
 * blank and the word lockstep, so that a table may have columns called split and hash.
 */
public final class PlacedRows {
  /** {@code string}: the row's split; null where nothing says it. */
  public static final String SPLIT = "lockstep split";

  /** {@code long}: the hash that names the row and orders rows. */
  public static final String HASH = "lockstep hash";

  private PlacedRows() {}

  /**
   * Some columns of rows, and where the rows belong.
   *
   * @param columns names of the columns that are kept
   * @param split the split of each row
   * @param hash the hash of each row
   */
  public static Dataset<Row> of(
      Dataset<Row> rows, List<String> columns, Column split, Column hash) {
    return rows.select(
        Stream.concat(
                columns.stream().map(name -> col(Identifiers.quoted(name))),
                Stream.of(split.as(SPLIT), hash.as(HASH)))
            .toArray(Column[]::new));
  }

  /** As {@link #of(Dataset, List, Column, Column)}, with all columns. */
  public static Dataset<Row> of(Dataset<Row> rows, Column split, Column hash) {
    return of(rows, Arrays.asList(rows.columns()), split, hash);
  }

  /** The split of placed rows. */
  public static Column split() {
    return col(Identifiers.quoted(SPLIT));
  }

  /** The hash of placed rows. */
  public static Column hash() {
    return col(Identifiers.quoted(HASH));
  }
}
