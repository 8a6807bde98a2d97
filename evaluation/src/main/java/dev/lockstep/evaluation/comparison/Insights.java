package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.progress.PhaseListener;
import dev.lockstep.evaluation.insight.FeatureSample;
import dev.lockstep.evaluation.insight.Importance;
import dev.lockstep.evaluation.insight.PermutationImportance;
import dev.lockstep.evaluation.insight.Slice;
import dev.lockstep.evaluation.insight.Slices;
import dev.lockstep.evaluation.metrics.Scores;
import dev.lockstep.evaluation.result.Finalists;
import dev.lockstep.evaluation.result.ModelResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * What is found out of the two models of the verdict, each by its first seed.
 *
 * @param importance what each leans on, by name
 * @param slices where each wins; empty unless there are two
 */
record Insights(Map<String, List<Importance>> importance, List<Slice> slices) {
  private static final int MOST_ROWS = 50_000;

  static Insights of(
      SparkSession spark,
      PreparedData data,
      SplitRuns judged,
      Finalists two,
      long seed,
      PhaseListener listener) {
    List<ModelRun> runs = judged.runs();
    Map<String, List<Importance>> importance = new LinkedHashMap<>();
    for (ModelResult model :
        Stream.of(two.network(), two.baseline()).flatMap(Optional::stream).toList()) {
      ModelRun run = run(runs, model);
      importance.put(
          model.name(),
          new PermutationImportance(
                  spark,
                  FeatureSample.of(run.rows(), MOST_ROWS),
                  data.features().label(),
                  seed,
                  model.name(),
                  listener)
              .of(run.bySeed().get(0).fitted().scoring()));
    }
    if (two.network().isEmpty() || two.baseline().isEmpty()) {
      return new Insights(importance, List.of());
    }
    Scores network = run(runs, two.network().get()).bySeed().get(0).test();
    Scores baseline = run(runs, two.baseline().get()).bySeed().get(0).test();
    FeatureSample sample = FeatureSample.of(data, MOST_ROWS);
    return new Insights(
        importance, Slices.of(sample, data.features(), network, baseline, judged.units()));
  }

  private static ModelRun run(List<ModelRun> runs, ModelResult model) {
    return runs.stream().filter(run -> run.name().equals(model.name())).findFirst().orElseThrow();
  }
}
