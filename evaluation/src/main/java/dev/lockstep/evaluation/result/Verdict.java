package dev.lockstep.evaluation.result;

import dev.lockstep.data.Figures;
import dev.lockstep.evaluation.uncertainty.Contrast;
import java.util.Locale;
import java.util.Optional;

/** A comparison in two sentences: what the test split shows, and how far that goes. */
final class Verdict {
  private final ComparisonResult result;
  private final String metric;

  private Verdict(ComparisonResult result) {
    this.result = result;
    this.metric = Words.metric(result.mainMetric().name());
  }

  static String of(ComparisonResult result) {
    return new Verdict(result).text();
  }

  private String text() {
    Optional<ModelResult> network = result.finalists().network();
    Optional<ModelResult> baseline = result.finalists().baseline();
    if (network.isPresent() && baseline.isPresent()) {
      Contrast contrast = result.contrast(network.get(), baseline.get()).orElseThrow();
      return between(contrast, network.get(), baseline.get());
    }
    Optional<ModelResult> only = network.or(() -> baseline);
    if (only.isEmpty() || !Double.isFinite(value(only.get()))) {
      return "Nothing is shown: %s has no value on these rows.".formatted(metric);
    }
    return String.format(
        Locale.ROOT,
        "%s reached %s %s on %,d held-out rows; there is nothing to compare it with.",
        only.get().described(),
        metric,
        Words.number(value(only.get())),
        testRows());
  }

  private String between(Contrast contrast, ModelResult network, ModelResult baseline) {
    if (!Double.isFinite(contrast.gain()) || !Double.isFinite(contrast.interval().low())) {
      return "Nothing is shown: %s has no value on the test split.".formatted(metric);
    }
    double times = network.trainSeconds() / Math.max(baseline.trainSeconds(), 1e-3);
    if (!contrast.interval().excludesZero()) {
      return String.format(
          Locale.ROOT,
          "No difference shown between %s and %s: %s %s against %s, a gain of %s, 95 %% interval %s, at %s times the training time. %s",
          network.described(),
          baseline.described(),
          metric,
          Words.number(value(network)),
          Words.number(value(baseline)),
          Words.number(contrast.gain()),
          Words.interval(contrast.interval()),
          ratio(times),
          scope());
    }
    boolean wins = contrast.interval().low() > 0;
    Contrast won = wins ? contrast : contrast.reversed();
    return String.format(
        Locale.ROOT,
        "%s beats %s by %s %s, 95 %% interval %s, at %s times the training time. %s",
        (wins ? network : baseline).described(),
        (wins ? baseline : network).described(),
        Words.number(won.gain()),
        metric,
        Words.interval(won.interval()),
        ratio(wins ? times : 1 / times),
        scope());
  }

  private String scope() {
    String rows = rowsAndSeeds();
    return result.finalists().unchosen()
        ? rows
            + " No validation metric tells which models are best: these are the first ones of the"
            + " file."
        : rows;
  }

  private String rowsAndSeeds() {
    int seeds = result.seeds().size();
    if (seeds == 1) {
      return String.format(
          Locale.ROOT,
          "On %,d test rows and one seed: the interval reflects variation between test rows, not between seeds.",
          testRows());
    }
    return String.format(
        Locale.ROOT,
        "On %,d test rows, means over %d seeds: the interval reflects variation between test rows and between seeds.",
        testRows(),
        seeds);
  }

  private double value(ModelResult model) {
    return model.metrics().get(result.mainMetric().name());
  }

  private long testRows() {
    return result.splits().getOrDefault("test", 0L);
  }

  private static String ratio(double times) {
    return Figures.of(times, 1);
  }
}
