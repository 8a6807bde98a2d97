package dev.lockstep.evaluation.cli;

import dev.lockstep.evaluation.result.FurtherMetricResult;
import dev.lockstep.evaluation.result.Words;
import dev.lockstep.evaluation.uncertainty.Contrast;
import java.util.ArrayList;
import java.util.List;

/** Another metric of a comparison in words: a line a model, then a line a pair. */
final class FurtherMetricText {
  private FurtherMetricText() {}

  static String of(FurtherMetricResult result) {
    String metric = Words.metric(result.metric());
    List<String> lines = new ArrayList<>();
    lines.add("%s of run %s".formatted(metric, result.runId()));
    lines.add("");
    result
        .models()
        .forEach(
            m ->
                lines.add("%-22s%-10s%12s".formatted(m.name(), m.kind(), Words.number(m.value()))));
    lines.add("");
    result
        .contrasts()
        .tooFew()
        .ifPresent(why -> lines.add("No claim about any pair: %s.".formatted(why)));
    result.contrasts().pairs().forEach(pair -> lines.add(sentence(pair, metric)));
    return String.join("\n", lines);
  }

  private static String sentence(Contrast pair, String metric) {
    if (!Double.isFinite(pair.gain())) {
      return "%s and %s: %s has no value.".formatted(pair.first(), pair.second(), metric);
    }
    boolean ahead = pair.gain() >= 0 || !pair.shown();
    Contrast shown = ahead ? pair : pair.reversed();
    String gain = Words.number(shown.gain());
    return shown
        .evidence()
        .map(
            e ->
                "%s %s %s: %s, 95 %% interval %s, p %s%s"
                    .formatted(
                        shown.first(),
                        shown.shown() ? "beats" : "against",
                        shown.second(),
                        gain,
                        Words.interval(e.interval()),
                        Words.probability(e.adjustedP()),
                        shown.shown()
                            ? "."
                            : "; no difference shown, one of %s would be found in 80 %% of cases."
                                .formatted(Words.number(e.smallestFound()))))
        .orElse("%s against %s: a gain of %s.".formatted(shown.first(), shown.second(), gain));
  }
}
