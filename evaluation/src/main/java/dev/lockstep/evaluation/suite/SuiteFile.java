package dev.lockstep.evaluation.suite;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.yaml.YamlFile;
import dev.lockstep.data.yaml.YamlValue;
import dev.lockstep.distributor.experiment.ExperimentFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads suite files: {@code experiment} has the keys of an experiment file that all tables share,
 * and each of {@code tables} a {@code name} and its own keys, which win over the shared ones.
 */
public final class SuiteFile {
  private static final String OUTPUT = "lockstep-suite";
  private static final String NAME = "name";
  private static final String SHARED = "experiment";
  private static final List<String> MODELS = List.of("model", "models", "baselines", "ensemble");

  private SuiteFile() {}

  /**
   * Reads a file.
   *
   * @param file its path on this machine, or a URI such as {@code hdfs://host/path}
   * @throws LockstepException if it cannot be read or says something that is not known
   */
  public static Suite read(String file) {
    return parse(YamlFile.text(file, "suite file"), file);
  }

  /** As {@link #read}, from a text; {@code name} is what errors call it. */
  public static Suite parse(String text, String name) {
    return YamlFile.parse(text, name, SHARED + ":", SuiteFile::bind);
  }

  private static Suite bind(YamlValue root) {
    root.refuseOthers(List.of("output", SHARED, "tables"));
    YamlValue shared = root.get(SHARED);
    if (!shared.isMapping()) {
      throw new IllegalArgumentException(
          "'experiment' is missing: the models and whatever else all tables share");
    }
    YamlValue output = root.get("output");
    List<Suite.Table> tables = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (YamlValue item : root.get("tables").items()) {
      Suite.Table table = table(item, shared);
      if (!names.add(table.name())) {
        throw new IllegalArgumentException(
            "two tables have the name '%s': name each once".formatted(table.name()));
      }
      tables.add(table);
    }
    if (tables.isEmpty()) {
      throw new IllegalArgumentException("'tables' is missing: a list of tables, each with a name");
    }
    return new Suite(output.isSaid() ? output.as(String.class) : OUTPUT, tables);
  }

  private static Suite.Table table(YamlValue item, YamlValue shared) {
    if (!item.isMapping() || !item.get(NAME).isSaid()) {
      throw new IllegalArgumentException(
          "'%s' needs a name, such as: {name: adult, table: tables/adult, label: income}"
              .formatted(item.path()));
    }
    String name = item.get(NAME).as(String.class);
    for (String key : MODELS) {
      if (item.get(key).isThere()) {
        throw new IllegalArgumentException(
            "table %s has '%s' of its own, and a suite compares the same models on all tables: say it in 'experiment'"
                .formatted(name, key));
      }
    }
    for (YamlValue part : List.of(item, shared)) {
      if (part.get("output").isThere()) {
        throw new IllegalArgumentException(
            "'%s.output': a suite has one output folder: say 'output' beside 'tables'"
                .formatted(part.path()));
      }
    }
    String text = item.without(List.of(NAME)).over(shared).text();
    return new Suite.Table(
        name, ExperimentFile.parseMade(text, "%s, table %s".formatted(item.file(), name)));
  }
}
