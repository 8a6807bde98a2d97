package dev.lockstep.evaluation.ledger;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.evaluation.provenance.Change;
import dev.lockstep.evaluation.provenance.RunData;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What differs between two runs.
 *
 * @param from the run that is compared
 * @param to with which
 * @param data what they learned from
 * @param configuration options, seeds, ranks and lanes
 * @param experiment the lines of the experiment file that differ, with {@code -} and {@code +}
 *     before them and their neighbours after a blank
 * @param code libraries, Lockstep's commit, processor
 * @param result weights and metrics
 */
public record RunDiff(
    String from,
    String to,
    List<Change> data,
    List<Change> configuration,
    List<String> experiment,
    List<Change> code,
    List<Change> result) {
  private static final int NEIGHBOURS = 1;
  private static final int FILE_NAMES = 2;

  /** Copies the lists. */
  public RunDiff {
    data = List.copyOf(data);
    configuration = List.copyOf(configuration);
    experiment = List.copyOf(experiment);
    code = List.copyOf(code);
    result = List.copyOf(result);
  }

  /** The differences of two runs. */
  public static RunDiff of(RunRecord from, RunRecord to) {
    return new RunDiff(
        from.runId(),
        to.runId(),
        data(from.data(), to.data()),
        configuration(from, to),
        lines(from.experiment(), to.experiment()),
        from.environment().changes(to.environment()),
        result(from, to));
  }

  private static List<Change> data(RunData from, RunData to) {
    List<Change> changes = new ArrayList<>(table("", from.source(), to.source()));
    PinnedTable none = new PinnedTable(null, null, null, 0, null, null);
    changes.addAll(
        table("test table's ", from.testSource().orElse(none), to.testSource().orElse(none)));
    changes.addAll(Change.of("rows of ", from.splits(), to.splits()));
    changes.addAll(Change.of("feature model", from.featureModelHash(), to.featureModelHash()));
    return changes;
  }

  private static List<Change> table(String prefix, PinnedTable from, PinnedTable to) {
    List<Change> changes = new ArrayList<>();
    if (!Objects.equals(from.location(), to.location())) {
      changes.addAll(Change.of(prefix + "table", from.table(), to.table()));
      changes.addAll(Change.of(prefix + "location", from.location(), to.location()));
    }
    changes.addAll(Change.of(prefix + "table id", from.id(), to.id()));
    changes.addAll(Change.of(prefix + "version", from.version(), to.version()));
    changes.addAll(Change.of(prefix + "commit time", from.commitTime(), to.commitTime()));
    changes.addAll(Change.of(prefix + "schema", from.schemaHash(), to.schemaHash()));
    return changes;
  }

  private static List<Change> configuration(RunRecord from, RunRecord to) {
    List<Change> changes = new ArrayList<>(Change.of("--", from.overrides(), to.overrides()));
    changes.addAll(Change.of("task", from.task(), to.task()));
    changes.addAll(Change.of("label", from.label(), to.label()));
    changes.addAll(Change.of("seeds", from.seeds(), to.seeds()));
    changes.addAll(Change.of("ranks", from.worldSize(), to.worldSize()));
    changes.addAll(Change.of("lanes", from.lanes(), to.lanes()));
    return changes;
  }

  private static List<String> lines(String from, String to) {
    List<String> before = from.lines().toList();
    List<String> lines =
        UnifiedDiffUtils.generateUnifiedDiff(
            "", "", before, DiffUtils.diff(before, to.lines().toList()), NEIGHBOURS);
    return lines.stream().skip(FILE_NAMES).filter(line -> !line.startsWith("@@")).toList();
  }

  private static List<Change> result(RunRecord from, RunRecord to) {
    List<Change> changes = new ArrayList<>(Change.of("status", from.status(), to.status()));
    changes.addAll(Change.of("weights of ", from.weightsSha256(), to.weightsSha256()));
    Set<String> models = new LinkedHashSet<>(from.metrics().keySet());
    models.addAll(to.metrics().keySet());
    for (String model : models) {
      Map<String, Double> was = from.metrics().getOrDefault(model, Map.of());
      Map<String, Double> is = to.metrics().getOrDefault(model, Map.of());
      Set<String> names = new LinkedHashSet<>(was.keySet());
      names.addAll(is.keySet());
      for (String name : names) {
        changes.addAll(Change.of(model + " " + name, number(was.get(name)), number(is.get(name))));
      }
    }
    return changes;
  }

  /** All digits, for a difference in the last is one. */
  private static String number(Double value) {
    return value == null ? null : String.format(Locale.ROOT, "%s", value);
  }

  /** Whether nothing differs. */
  public boolean isEmpty() {
    return data.isEmpty()
        && configuration.isEmpty()
        && experiment.isEmpty()
        && code.isEmpty()
        && result.isEmpty();
  }
}
