package dev.lockstep.evaluation.comparison;

import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.evaluation.uncertainty.JudgedSplit;
import dev.lockstep.evaluation.uncertainty.Units;
import java.util.List;
import java.util.stream.IntStream;

/**
 * All candidates on one split.
 *
 * @param runs what came out of each
 * @param units what of the test rows chance draws whole
 * @param learnedRows number of rows of the train and validation splits
 */
record SplitRuns(List<ModelRun> runs, Units units, long learnedRows) {
  JudgedSplit judged() {
    return new JudgedSplit(runs.stream().map(ModelRun::contender).toList(), units, learnedRows);
  }

  /** The same without an ensemble that not every split has. */
  static List<SplitRuns> alike(List<SplitRuns> bySplit) {
    int least = bySplit.stream().mapToInt(s -> s.runs().size()).min().orElseThrow();
    return bySplit.stream()
        .map(s -> new SplitRuns(s.runs().subList(0, least), s.units(), s.learnedRows()))
        .toList();
  }

  /** What is told of each candidate over all splits. */
  static List<ModelResult> results(List<SplitRuns> bySplit) {
    return IntStream.range(0, bySplit.get(0).runs().size())
        .mapToObj(c -> ModelRun.result(bySplit.stream().map(s -> s.runs().get(c)).toList()))
        .toList();
  }
}
