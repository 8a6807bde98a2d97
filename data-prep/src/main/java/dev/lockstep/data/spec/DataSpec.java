package dev.lockstep.data.spec;

import dev.lockstep.data.Task;
import java.util.List;

/**
 * What is learned from, as the experiment file says it.
 *
 * @param table path or catalog name of a Delta table
 * @param version its version; null for another way to say it
 * @param timestamp a moment with its zone instead; null for the latest
 * @param task what is learned of the label
 * @param label the column to be predicted
 * @param positive the positive class of a binary task; null for the second in order
 * @param key the columns that name a row for the split; none for all columns
 * @param weight the column of weights; null for equal ones
 * @param where a condition that rows must meet; null for none
 * @param features which columns are features
 * @param split how rows are split
 * @param unique whether a key must have one row only
 * @param onBadRow what is done with rows without a label or with numbers that are not finite, and
 *     of further rows of a key that must have one
 */
public record DataSpec(
    String table,
    Long version,
    String timestamp,
    Task task,
    String label,
    String positive,
    List<String> key,
    String weight,
    String where,
    FeaturesSpec features,
    SplitSpec split,
    Boolean unique,
    OnBadRow onBadRow) {
  /** Fills in what is not said and checks that the rest is there. */
  public DataSpec {
    need("table", table, "the path or catalog name of a Delta table");
    need("task", task, "binary, multiclass or regression");
    need("label", label, "the column to be predicted");
    key = key == null ? List.of() : List.copyOf(key);
    features = features == null ? FeaturesSpec.defaults() : features;
    split = split == null ? SplitSpec.defaults() : split;
    unique = unique != null && unique;
    onBadRow = onBadRow == null ? OnBadRow.REFUSE : onBadRow;
    if (unique && key.isEmpty()) {
      throw new IllegalArgumentException(
          "'unique' needs a 'key': name the column or columns that must be unique");
    }
  }

  /** Keys may have several rows, and rows that cannot be used are refused. */
  public DataSpec(
      String table,
      Long version,
      String timestamp,
      Task task,
      String label,
      String positive,
      List<String> key,
      String weight,
      String where,
      FeaturesSpec features,
      SplitSpec split) {
    this(
        table, version, timestamp, task, label, positive, key, weight, where, features, split, null,
        null);
  }

  /**
   * The same on one version of the tables.
   *
   * @param at path or catalog name of the table
   * @param pinned its version
   * @param splits the split, with the test table's version where there is one
   */
  public DataSpec pinned(String at, long pinned, SplitSpec splits) {
    return new DataSpec(
        at, pinned, null, task, label, positive, key, weight, where, features, splits, unique,
        onBadRow);
  }

  /** The same, split in another way. */
  public DataSpec withSplit(SplitSpec other) {
    return new DataSpec(
        table, version, timestamp, task, label, positive, key, weight, where, features, other,
        unique, onBadRow);
  }

  /** The same without the versions: what an experiment asks of whichever version it reads. */
  public DataSpec unpinned() {
    return new DataSpec(
        table,
        null,
        null,
        task,
        label,
        positive,
        key,
        weight,
        where,
        features,
        split.unpinned(),
        unique,
        onBadRow);
  }

  private static void need(String name, Object value, String meaning) {
    if (value == null || value instanceof String text && text.isBlank()) {
      throw new IllegalArgumentException("'%s' is missing: %s".formatted(name, meaning));
    }
  }
}
