package dev.lockstep.evaluation.result;

import dev.lockstep.data.Figures;
import dev.lockstep.evaluation.uncertainty.Contrast;
import dev.lockstep.evaluation.uncertainty.Evidence;
import dev.lockstep.evaluation.uncertainty.Units;
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
      Contrast contrast =
          result.contrasts().between(network.get().name(), baseline.get().name()).orElseThrow();
      return between(contrast, network.get(), baseline.get())
          + together(network.get(), baseline.get());
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
    if (!Double.isFinite(contrast.gain())) {
      return "Nothing is shown: %s has no value on the test split.".formatted(metric);
    }
    if (contrast.evidence().isEmpty()) {
      return "No claim about %s and %s: %s%s. %s %s against %s."
          .formatted(
              network.described(),
              baseline.described(),
              result.contrasts().tooFew().orElse("there is no interval"),
              moreOfThem(),
              metric,
              Words.number(value(network)),
              Words.number(value(baseline)));
    }
    double times = network.trainSeconds() / Math.max(baseline.trainSeconds(), 1e-3);
    return contrast.shown()
        ? shown(contrast, network, baseline, times)
        : notShown(contrast, contrast.evidence().get(), network, baseline, times);
  }

  private String shown(Contrast contrast, ModelResult network, ModelResult baseline, double times) {
    boolean wins = contrast.gain() > 0;
    Contrast won = wins ? contrast : contrast.reversed();
    Evidence evidence = won.evidence().orElseThrow();
    return String.format(
        Locale.ROOT,
        "%s beats %s by %s %s, 95 %% interval %s, p %s%s, at %s times the training time. %s",
        (wins ? network : baseline).described(),
        (wins ? baseline : network).described(),
        Words.number(won.gain()),
        metric,
        Words.interval(evidence.interval()),
        Words.probability(evidence.adjustedP()),
        amongPairs(),
        ratio(wins ? times : 1 / times),
        scope());
  }

  private String notShown(
      Contrast contrast,
      Evidence evidence,
      ModelResult network,
      ModelResult baseline,
      double times) {
    String chance =
        evidence.interval().excludesZero()
            ? " (p %s%s)".formatted(Words.probability(evidence.adjustedP()), amongPairs())
            : "";
    return String.format(
        Locale.ROOT,
        "No difference shown between %s and %s: %s %s against %s, a gain of %s, 95 %% interval %s%s, at %s times the training time; a gain of %s would be found in 80 %% of cases. %s",
        network.described(),
        baseline.described(),
        metric,
        Words.number(value(network)),
        Words.number(value(baseline)),
        Words.number(contrast.gain()),
        Words.interval(evidence.interval()),
        chance,
        ratio(times),
        Words.number(evidence.smallestFound()),
        scope());
  }

  /** What the ensemble adds to the better one of the two, by the validation split. */
  private String together(ModelResult network, ModelResult baseline) {
    Optional<ModelResult> both =
        result.models().stream().filter(m -> m.kind() == ModelResult.Kind.ensemble).findFirst();
    if (both.isEmpty()) {
      return "";
    }
    boolean first = result.mainMetric().gain(network.validation(), baseline.validation()) >= 0;
    ModelResult better = first ? network : baseline;
    Contrast contrast = result.contrasts().between(both.get().name(), better.name()).orElseThrow();
    String gain =
        contrast
            .evidence()
            .map(
                e ->
                    ", a gain of %s over %s, 95 %% interval %s, p %s"
                        .formatted(
                            Words.number(contrast.gain()),
                            better.described(),
                            Words.interval(e.interval()),
                            Words.probability(e.adjustedP())))
            .orElse("");
    return " Both together, as %s, reach %s %s%s."
        .formatted(both.get().name(), metric, Words.number(value(both.get())), gain);
  }

  private String moreOfThem() {
    return switch (result.contrasts().unit()) {
      case row, split -> ": more test rows would do";
      case key -> ": more keys among the test rows would do";
      case block -> ": finer times, or more of them among the test rows, would do";
    };
  }

  private String amongPairs() {
    int pairs = result.contrasts().pairs().size();
    return pairs == 1 ? "" : " among %d pairs".formatted(pairs);
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
    if (result.contrasts().unit() == Units.Kind.split) {
      return String.format(
          Locale.ROOT,
          "Means over %d splits%s, each with features, tuning and training of its own: the interval reflects variation between splits%s.",
          result.contrasts().units(),
          seeds == 1 ? "" : " of %d seeds each".formatted(seeds),
          seeds == 1 ? "" : " and seeds");
    }
    Units.Kind unit = result.contrasts().unit();
    String of =
        switch (unit) {
          case row, split -> "";
          case key -> " of %,d keys".formatted(result.contrasts().units());
          case block -> " in %,d blocks of time".formatted(result.contrasts().units());
        };
    return String.format(
        Locale.ROOT,
        "On %,d test rows%s of one split%s: the interval reflects variation between test %ss%s, not between splits%s.",
        testRows(),
        of,
        seeds == 1 ? " and one seed" : ", means over %d seeds".formatted(seeds),
        unit,
        seeds == 1 ? "" : " and between seeds",
        seeds == 1 ? " or seeds" : "");
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
