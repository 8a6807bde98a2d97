package dev.lockstep.data.proposal;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import dev.lockstep.data.progress.PhaseListener;
import dev.lockstep.data.proposal.ProposedColumn.Role;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.FeaturesSpec;
import dev.lockstep.data.spec.OnBadRow;
import dev.lockstep.data.spec.SplitSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;

/**
 * The part of an experiment that says what is learned from, found out from a table; each choice
 * with its reason, so that a person can change it.
 *
 * @param snapshot the version of the table that was looked at
 * @param label the label
 * @param task what is learned of it
 * @param labelReason what the label is like
 * @param positive the positive class of a binary task
 * @param dropReason why some rows are left out; empty where all can be used
 * @param stratifyReason why each class gets its share of every split; empty where it need not
 * @param columns all columns, in the table's order
 */
public record Proposal(
    Snapshot snapshot,
    String label,
    Task task,
    String labelReason,
    Optional<String> positive,
    Optional<String> dropReason,
    Optional<String> stratifyReason,
    List<ProposedColumn> columns) {
  private static final int MOST_SHOWN = 12;

  /**
   * Copies the columns.
   *
   * @throws LockstepException if no column is left that could be a feature
   */
  public Proposal {
    columns = List.copyOf(columns);
    boolean none =
        columns.stream()
            .map(ProposedColumn::role)
            .noneMatch(r -> r == Role.NUMERIC || r == Role.CATEGORICAL || r == Role.DATE);
    if (none) {
      throw new LockstepException(
          "%s has no column that could be a feature%s"
              .formatted(
                  snapshot.table(),
                  columns.stream()
                      .filter(c -> c.role() != Role.LABEL)
                      .map(
                          c ->
                              c.role() == Role.KEY
                                  ? "; '%s': the key".formatted(c.name())
                                  : "; '%s': %s".formatted(c.name(), c.reason()))
                      .collect(Collectors.joining())),
          "Choose another --label or --key, give a table with more columns, or write an experiment file yourself that names the features (docs/experiment.md)");
    }
  }

  /**
   * Looks at a table.
   *
   * @param table path or catalog name of a Delta table; its latest version is looked at
   * @param label the column to be predicted
   * @param key the columns that name a row for the split; none to find one out
   * @param task what is learned of the label; empty to find it out
   * @throws LockstepException if there is no such table or column, or nothing can be learned of it
   */
  public static Proposal of(
      SparkSession spark, String table, String label, List<String> key, Optional<Task> task) {
    return of(spark, table, label, key, task, PhaseListener.NONE);
  }

  /**
   * Looks at a table, as {@link #of(SparkSession, String, String, List, Optional)}.
   *
   * @param listener hears how far it has come
   */
  public static Proposal of(
      SparkSession spark,
      String table,
      String label,
      List<String> key,
      Optional<Task> task,
      PhaseListener listener) {
    return new Proposing(spark, table, label, key, task, listener).proposal();
  }

  /** The columns of a role. */
  public List<ProposedColumn> columns(Role role) {
    return columns.stream().filter(column -> column.role() == role).toList();
  }

  private List<String> names(Role role) {
    return columns(role).stream().map(ProposedColumn::name).toList();
  }

  /** What an experiment file with these choices says of its data. */
  public DataSpec spec() {
    return new DataSpec(
        snapshot.table(),
        snapshot.version(),
        null,
        task,
        label,
        positive.orElse(null),
        names(Role.KEY),
        null,
        null,
        new FeaturesSpec(
            names(Role.NUMERIC),
            names(Role.CATEGORICAL),
            names(Role.EXCLUDED),
            null,
            null,
            names(Role.DATE)),
        split(),
        null,
        dropReason.isPresent() ? OnBadRow.DROP : null);
  }

  private SplitSpec split() {
    return stratifyReason.isEmpty()
        ? null
        : new SplitSpec(null, null, null, null, null, null, null, null, null, true, null);
  }

  /** The same without features that alone predict the label. */
  Proposal without(List<String> leaking) {
    List<ProposedColumn> others =
        columns.stream()
            .map(
                column ->
                    leaking.contains(column.name())
                        ? column.excluded(
                            "alone predicts the label almost perfectly (possible target leakage)")
                        : column)
            .toList();
    return new Proposal(
        snapshot, label, task, labelReason, positive, dropReason, stratifyReason, others);
  }

  /** The same with the positive class. */
  Proposal withPositive(String value) {
    return new Proposal(
        snapshot,
        label,
        task,
        labelReason,
        Optional.of(value),
        dropReason,
        stratifyReason,
        columns);
  }

  /** What was decided, for a person who reads lines. */
  public List<String> decisions() {
    List<String> lines = new ArrayList<>();
    lines.add("%s (%s): %s".formatted(label, task.name().toLowerCase(Locale.ROOT), labelReason));
    lines.add(
        names(Role.KEY).isEmpty()
            ? "key: none found, so each row is its own"
            : "key: " + String.join(", ", names(Role.KEY)));
    dropReason.ifPresent(why -> lines.add("rows that are left out: " + why));
    lines.add(
        "features: %,d numbers, %,d categories, %,d dates"
            .formatted(
                names(Role.NUMERIC).size(),
                names(Role.CATEGORICAL).size(),
                names(Role.DATE).size()));
    List<ProposedColumn> excluded = columns(Role.EXCLUDED);
    excluded.stream()
        .limit(MOST_SHOWN)
        .forEach(c -> lines.add("left out: %s: %s".formatted(c.name(), c.reason())));
    if (excluded.size() > MOST_SHOWN) {
      lines.add("left out: %,d more columns".formatted(excluded.size() - MOST_SHOWN));
    }
    return lines;
  }
}
