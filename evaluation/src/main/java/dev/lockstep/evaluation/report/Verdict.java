package dev.lockstep.evaluation.report;

import java.util.Locale;
import java.util.Optional;

/** A comparison in one sentence, claiming no more than one test split can show. */
final class Verdict {
  private Verdict() {}

  static String of(ComparisonResult result) {
    Optional<ModelResult> network = result.best(ModelResult.Kind.network);
    Optional<ModelResult> baseline = result.best(ModelResult.Kind.baseline);
    String metric = result.mainMetric().name();
    if (network.isEmpty() || baseline.isEmpty()) {
      ModelResult only = network.or(() -> baseline).orElseThrow();
      return String.format(
          Locale.ROOT,
          "%s reached %s %.4f on %,d held-out rows; there is nothing to compare it with.",
          only.name(),
          Words.metric(metric),
          only.metrics().get(metric),
          result.splits().getOrDefault("test", 0L));
    }
    double ours = network.get().metrics().get(metric);
    double theirs = baseline.get().metrics().get(metric);
    double gain = result.mainMetric().gain(ours, theirs);
    double times = network.get().trainSeconds() / Math.max(baseline.get().trainSeconds(), 1e-3);
    ModelResult better = gain >= 0 ? network.get() : baseline.get();
    ModelResult other = gain >= 0 ? baseline.get() : network.get();
    return String.format(
        Locale.ROOT,
        "%s is ahead of %s by %.4f %s (%.4f against %.4f) on the same %,d held-out rows; training the network took %.1f times as long. One seed on one test split: a difference this size may be chance.",
        better.name(),
        other.name(),
        Math.abs(gain),
        Words.metric(metric),
        better.metrics().get(metric),
        other.metrics().get(metric),
        result.splits().getOrDefault("test", 0L),
        times);
  }
}
