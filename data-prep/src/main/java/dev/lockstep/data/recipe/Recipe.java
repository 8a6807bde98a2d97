package dev.lockstep.data.recipe;

import dev.lockstep.data.Json;
import dev.lockstep.data.Names;
import dev.lockstep.data.Sha256;
import dev.lockstep.data.yaml.YamlFile;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * How a feature table is made: which rows it has, and what is added to them, step by step.
 *
 * @param sources the tables that it reads, by the names that steps use
 * @param timestamp a moment with its zone as of which all sources are read that say no version;
 *     null for their latest, all at one moment
 * @param rows the rows
 * @param steps what is added, in order
 * @param label the one column that may know what happens after the row's time; null for none
 * @param output path of the feature table; null where it is said elsewhere
 */
public record Recipe(
    Map<String, SourceSpec> sources,
    String timestamp,
    RowsSpec rows,
    List<Step> steps,
    String label,
    String output) {
  /** Copies the collections and checks that every source that is read is declared. */
  public Recipe {
    if (sources == null || sources.isEmpty()) {
      throw new IllegalArgumentException("'sources' is missing: the tables by name");
    }
    if (rows == null) {
      throw new IllegalArgumentException("'rows' is missing: their source and key");
    }
    sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
    steps = steps == null ? List.of() : List.copyOf(steps);
    if (output != null && output.isBlank()) {
      throw new IllegalArgumentException("'output' is empty: name a folder, or leave it out");
    }
    for (Step step : steps) {
      step.reads().ifPresent(checkedIn(sources));
      boolean timed = !(step instanceof Step.Join) && step instanceof Step.Reading;
      if (timed && sources.get(step.reads().orElseThrow()).time() == null) {
        throw new IllegalArgumentException(
            "source '%s' is read as of a time, but has no 'time'"
                .formatted(step.reads().orElseThrow()));
      }
      if ((timed || step instanceof Step.Earlier) && rows.time() == null) {
        throw new IllegalArgumentException("a step needs the rows' time: say 'rows.time'");
      }
    }
    checkedIn(sources).accept(rows.source());
  }

  private static java.util.function.Consumer<String> checkedIn(Map<String, SourceSpec> sources) {
    return name -> {
      if (!sources.containsKey(name)) {
        throw new IllegalArgumentException(
            "'%s' is not one of 'sources'; did you mean '%s'?"
                .formatted(name, Names.nearest(name, sources.keySet())));
      }
    };
  }

  /**
   * Reads a recipe.
   *
   * @param text YAML
   * @param name what errors call it
   * @throws dev.lockstep.data.LockstepException if it says something unknown
   */
  public static Recipe parse(String text, String name) {
    return YamlFile.parse(text, name, "sources:", root -> root.as(Recipe.class));
  }

  /**
   * The feature table's rows, from its sources as they are now or as they are pinned. Whether no
   * two rows have the same key is looked at only where a table is made of them.
   *
   * @throws dev.lockstep.data.LockstepException if a table or a column is not there, or an
   *     expression is wrong
   */
  public Dataset<Row> rows(SparkSession spark) {
    RecipeQuery query = new RecipeQuery(this, Sources.resolve(spark, this));
    return query.result(query.base());
  }

  /** Names what it makes of its sources, whichever versions of them and wherever it goes. */
  public String sha256() {
    Map<String, SourceSpec> unpinned = new LinkedHashMap<>();
    sources.forEach((name, source) -> unpinned.put(name, source.unpinned()));
    return Sha256.of(Json.line(new Recipe(unpinned, null, rows, steps, label, null)));
  }
}
