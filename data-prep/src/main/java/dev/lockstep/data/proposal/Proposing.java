package dev.lockstep.data.proposal;

import static dev.lockstep.data.sql.Identifiers.quoted;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import dev.lockstep.data.Task;
import dev.lockstep.data.preparation.Preparation;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.profile.TableFacts;
import dev.lockstep.data.profile.TableFacts.ColumnFacts;
import dev.lockstep.data.progress.PhaseListener;
import dev.lockstep.data.progress.SparkPhase;
import dev.lockstep.data.proposal.ProposedColumn.Role;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.sql.ColumnValues;
import dev.lockstep.data.sql.HashableColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Finds out what an experiment on a table could be. */
final class Proposing {
  /** A label of more values is a number, where it can be one. */
  private static final int MOST_CLASSES_OF_NUMBERS = 10;

  private static final int MOST_CLASSES = 1000;
  private static final int NAMED_CLASSES = 5;

  /** A class of fewer rows may lack in a split that chance cuts. */
  private static final int RARE = 100;

  /** A key of fewer values a row would leave few units to split by. */
  private static final double LEAST_KEYS = 0.1;

  private final SparkSession spark;
  private final Snapshot snapshot;
  private final Dataset<Row> rows;
  private final String label;
  private final List<String> key;
  private final Optional<Task> task;
  private final PhaseListener listener;

  Proposing(
      SparkSession spark,
      String table,
      String label,
      List<String> key,
      Optional<Task> task,
      PhaseListener listener) {
    this.spark = spark;
    this.listener = listener;
    this.snapshot = Snapshot.resolve(spark, table, null, null);
    this.rows = snapshot.read(spark);
    this.label = label;
    this.key = key;
    this.task = task;
    check("--label", label);
    key.forEach(name -> check("--key", name));
    if (key.contains(label)) {
      throw new LockstepException(
          "'%s' is both --label and --key".formatted(label), "Choose another --key");
    }
    for (String name : key) {
      if (!HashableColumns.isHashable(rows.schema().apply(name).dataType())) {
        throw new LockstepException(
            "--key '%s' is a column of type %s, which cannot name a row"
                .formatted(name, rows.schema().apply(name).dataType().simpleString()),
            "Choose a number, a time or a text");
      }
    }
  }

  private void check(String option, String name) {
    Names.checkColumn(option, name, snapshot.table(), Arrays.asList(rows.columns()));
  }

  Proposal proposal() {
    Proposal draft =
        SparkPhase.ofRows(spark, "looking at " + snapshot.table(), snapshot.rows(), listener)
            .run(this::draft);
    // As training does it, so that what leaks is the same; and what cannot be learned is refused.
    try (PreparedData data = prepared(draft)) {
      Proposal sound = draft.without(data.leaking());
      return draft.task() == Task.BINARY
          ? sound.withPositive(data.features().label().classes().get(1))
          : sound;
    }
  }

  /** What the table's values alone tell. */
  private Proposal draft() {
    TableFacts facts = TableFacts.of(rows);
    ColumnFacts labelFacts = named(facts, label);
    if (labelFacts.missing() == facts.rows()) {
      throw new LockstepException(
          "--label '%s' has no value in any row of %s".formatted(label, snapshot.table()),
          "Choose another column");
    }
    List<Count> classes =
        task.equals(Optional.of(Task.REGRESSION)) ? List.of() : classes(labelFacts);
    Task learned = task.orElseGet(() -> task(labelFacts, classes));
    return new Proposal(
        snapshot,
        label,
        learned,
        reason(learned, labelFacts, classes),
        Optional.empty(),
        dropReason(facts),
        learned == Task.REGRESSION ? Optional.empty() : rare(classes),
        columns(facts));
  }

  /** Errors name keys of an experiment file, and there is none yet. */
  private PreparedData prepared(Proposal draft) {
    try {
      return Preparation.prepare(spark, draft.spec(), "standard", listener);
    } catch (LockstepException e) {
      throw new LockstepException(
          e.problem(),
          "Change the table, --label, --key or --task; or write an experiment file yourself (docs/experiment.md), and there: "
              + e.remedy(),
          e);
    }
  }

  private static ColumnFacts named(TableFacts facts, String name) {
    return facts.columns().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  /** A class and its rows. */
  private record Count(String value, long rows) {}

  /** The label's classes with their rows, the fullest first; none where they are too many. */
  private List<Count> classes(ColumnFacts facts) {
    if (facts.distinct().orElse(0) > 2 * MOST_CLASSES) {
      return List.of();
    }
    List<Row> found =
        rows.select(ColumnValues.classLabel(rows.schema(), label).as("class"))
            .where(col("class").isNotNull())
            .groupBy("class")
            .agg(count(lit(1)))
            .takeAsList(MOST_CLASSES + 1);
    return found.size() > MOST_CLASSES
        ? List.of()
        : found.stream()
            .map(row -> new Count(row.getString(0), row.getLong(1)))
            .sorted(Comparator.comparing(Count::rows).reversed().thenComparing(Count::value))
            .toList();
  }

  private Task task(ColumnFacts facts, List<Count> classes) {
    boolean number = ColumnValues.isNumber(facts.type());
    if (classes.size() == 2) {
      return Task.BINARY;
    }
    if (number && (classes.isEmpty() || classes.size() > MOST_CLASSES_OF_NUMBERS)) {
      return Task.REGRESSION;
    }
    if (classes.isEmpty()) {
      throw new LockstepException(
          "--label '%s' is a column of type %s with more than %,d values, which are no classes"
              .formatted(label, facts.type().simpleString(), MOST_CLASSES),
          "Choose another column");
    }
    return Task.MULTICLASS;
  }

  private static String reason(Task task, ColumnFacts facts, List<Count> classes) {
    if (task == Task.REGRESSION || classes.isEmpty()) {
      return "from %s to %s"
          .formatted(facts.least().orElse("nothing"), facts.greatest().orElse("nothing"));
    }
    String named =
        classes.stream()
            .limit(NAMED_CLASSES)
            .map(c -> "'%s' in %,d rows".formatted(c.value(), c.rows()))
            .collect(Collectors.joining(", "));
    int more = classes.size() - NAMED_CLASSES;
    return more > 0 ? named + " and %,d more".formatted(more) : named;
  }

  private Optional<String> dropReason(TableFacts facts) {
    List<String> reasons = new ArrayList<>();
    ColumnRule rule = rule(facts);
    for (ColumnFacts column : facts.columns()) {
      boolean isLabel = column.name().equals(label);
      if (isLabel && column.missing() > 0) {
        reasons.add("%,d rows have no label".formatted(column.missing()));
      }
      if (column.notFinite() > 0
          && (isLabel || rule.of(column).role() == Role.NUMERIC && !key.contains(column.name()))) {
        reasons.add(
            "'%s' is NaN or infinite in %,d rows".formatted(column.name(), column.notFinite()));
      }
    }
    return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", reasons));
  }

  private static Optional<String> rare(List<Count> classes) {
    return classes.stream()
        .min(Comparator.comparing(Count::rows))
        .filter(rarest -> rarest.rows() < RARE)
        .map(
            rarest ->
                "keeps the classes' shares: '%s' has only %,d rows"
                    .formatted(rarest.value(), rarest.rows()));
  }

  private List<ProposedColumn> columns(TableFacts facts) {
    ColumnRule rule = rule(facts);
    Optional<String> found = key.isEmpty() ? keyOf(facts, rule) : Optional.empty();
    List<ProposedColumn> columns = new ArrayList<>();
    for (ColumnFacts column : facts.columns()) {
      String name = column.name();
      if (name.equals(label)) {
        columns.add(new ProposedColumn(name, Role.LABEL, ""));
      } else if (key.contains(name)) {
        columns.add(new ProposedColumn(name, Role.KEY, "as given"));
      } else if (found.equals(Optional.of(name))) {
        columns.add(
            new ProposedColumn(
                name,
                Role.KEY,
                "about %,d values in %,d rows"
                    .formatted(Math.min(facts.rows(), column.distinct().orElse(0)), facts.rows())));
      } else {
        columns.add(rule.of(column));
      }
    }
    return columns;
  }

  /**
   * The column whose name says that it names what rows are about, and of several the one of fewest
   * values: rows of one customer must not be in two splits, whatever names the order. Of columns
   * that may have another value in each row, it is the first.
   */
  private Optional<String> keyOf(TableFacts facts, ColumnRule rule) {
    return facts.columns().stream()
        .filter(c -> !c.name().equals(label) && c.missing() == 0)
        .filter(c -> ColumnRule.isText(c) || ColumnRule.isWhole(c))
        .filter(c -> ColumnRule.isNamedAsKey(c.name()))
        .filter(c -> rule.distinctShare(c) >= LEAST_KEYS)
        .min(
            Comparator.comparingDouble(
                c -> Math.min(rule.distinctShare(c), ColumnRule.MAYBE_UNIQUE)))
        .map(ColumnFacts::name);
  }

  private ColumnRule rule(TableFacts facts) {
    return new ColumnRule(
        facts.rows(),
        name ->
            rows.groupBy(col(quoted(name)))
                .agg(count(lit(1)).as("rows"))
                .where(col("rows").gt(1))
                .isEmpty());
  }
}
