package dev.lockstep.evaluation.report;

import dev.lockstep.data.Figures;
import dev.lockstep.evaluation.insight.Slice;
import dev.lockstep.evaluation.report.HtmlTable.Cell;
import dev.lockstep.evaluation.result.ComparisonResult;
import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.evaluation.result.Words;
import dev.lockstep.evaluation.tuning.Trial;
import dev.lockstep.evaluation.uncertainty.Contrast;
import dev.lockstep.evaluation.uncertainty.Evidence;
import dev.lockstep.evaluation.uncertainty.Units;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables of a page. */
final class Tables {
  private static final int MOST_SLICES = 12;

  /** As {@link dev.lockstep.evaluation.metrics.Curves} makes them. */
  private static final int BINS = 10;

  private final ComparisonResult result;

  Tables(ComparisonResult result) {
    this.result = result;
  }

  String metrics() {
    String spread =
        result.contrasts().unit() == Units.Kind.split
            ? " Mean ± standard deviation over %d splits.".formatted(result.contrasts().units())
            : result.seeds().size() == 1
                ? ""
                : " Mean ± standard deviation over seeds %s.".formatted(result.seeds());
    HtmlTable table =
        table(
            "Rows that neither training nor the choice of an epoch has seen; the best value of each"
                + " line is green and bold."
                + spread);
    table.row("", each(m -> Cell.of(m.kind().name())));
    for (String metric : result.models().get(0).metrics().keySet()) {
      double best = TextTable.best(result, metric);
      table.row(
          Words.metricWithDirection(metric),
          each(
              m -> {
                Double value = m.metrics().get(metric);
                String shown = Words.number(m, metric);
                return value != null && value == best ? Cell.best(shown) : Cell.of(shown);
              }));
    }
    return table.html();
  }

  String contrasts() {
    List<Contrast> pairs = result.contrasts().pairs();
    boolean ranked = pairs.stream().anyMatch(c -> c.deLong().isPresent());
    boolean counted = pairs.stream().anyMatch(c -> c.mcNemar().isPresent());
    List<String> head =
        new ArrayList<>(List.of("models", "gain", "95 % interval", "p", "found in 80 %"));
    head.addAll(ranked ? List.of("DeLong p") : List.of());
    head.addAll(counted ? List.of("McNemar p") : List.of());
    HtmlTable table =
        new HtmlTable(
            "How much better the first of two models is, by "
                + Words.metric(result.mainMetric().name())
                + result.contrasts().tooFew().map(why -> "; no claim is made: " + why).orElse("")
                + ".",
            head);
    for (Contrast c : pairs) {
      List<Cell> cells = new ArrayList<>();
      cells.add(Cell.of(Words.number(c.gain())));
      if (c.evidence().isPresent()) {
        Evidence evidence = c.evidence().get();
        String interval = Words.interval(evidence.interval());
        cells.add(c.shown() && c.gain() > 0 ? Cell.best(interval) : Cell.of(interval));
        cells.add(Cell.of(Words.probability(evidence.adjustedP())));
        cells.add(Cell.of(Words.number(evidence.smallestFound())));
      } else {
        cells.addAll(Collections.nCopies(3, Cell.of(Figures.NONE)));
      }
      c.deLong().ifPresent(d -> cells.add(Cell.of(Words.probability(d.p()))));
      c.mcNemar().ifPresent(m -> cells.add(Cell.of(Words.probability(m.p()))));
      table.row(c.first() + " against " + c.second(), cells);
    }
    return table.html();
  }

  /** Bins of the calibration curves with their rows; nothing where no model has such a curve. */
  String calibration() {
    List<ModelResult> models =
        result.models().stream()
            .filter(m -> !m.calibration().isEmpty() && !m.name().equals(Charts.CONSTANT))
            .toList();
    if (models.isEmpty()) {
      return "";
    }
    HtmlTable table =
        new HtmlTable(
            "Calibration: of each tenth of probability the mean that was predicted, the share that"
                + " was observed, and in brackets the number of test rows.",
            Stream.concat(Stream.of("bin"), models.stream().map(ModelResult::name)).toList());
    for (int bin = 0; bin < BINS; bin++) {
      int own = bin;
      List<Cell> cells = models.stream().map(m -> bin(m, own)).toList();
      if (cells.stream().anyMatch(c -> !c.html().equals(Figures.NONE))) {
        table.row("%d to %d\u00a0%%".formatted(10 * bin, 10 * bin + 10), cells);
      }
    }
    return table.html();
  }

  private static Cell bin(ModelResult model, int bin) {
    return model.calibration().stream()
        .filter(p -> Math.min(BINS - 1, (int) (p.x() * BINS)) == bin)
        .findFirst()
        .map(p -> String.format(Locale.ROOT, "%.3f → %.3f (%,d)", p.x(), p.y(), p.rows()))
        .map(Cell::of)
        .orElse(Cell.of(Figures.NONE));
  }

  String slices() {
    // The two models of the verdict, the network first.
    List<String> two = List.copyOf(result.importance().keySet());
    HtmlTable table =
        new HtmlTable(
            "%s in slices of the test split, the surest differences of %,d first. By chance alone one in twenty intervals leaves out zero."
                .formatted(
                    Words.metricWithDirection(result.mainMetric().name()), result.slices().size()),
            List.of("slice", "rows", two.get(0), two.get(1), "gain", "95 % interval", "wins"));
    for (Slice s : result.slices().stream().limit(MOST_SLICES).toList()) {
      table.row(
          s.feature() + ": " + s.part(),
          Cell.of(String.format(Locale.ROOT, "%,d", s.rows())),
          Cell.of(Words.number(s.network())),
          Cell.of(Words.number(s.baseline())),
          Cell.of(Words.number(s.gain())),
          Cell.of(Words.interval(s.interval())),
          Cell.of(!s.interval().excludesZero() ? Figures.NONE : two.get(s.gain() > 0 ? 0 : 1)));
    }
    return table.html();
  }

  String tuning() {
    HtmlTable table =
        new HtmlTable(
            "The best of what was tried for each model, on the validation split; the first trial"
                + " has the options of the file.",
            List.of("model", "trials", "first", "best", "what the best changed"));
    String metric = result.tuningMetric();
    for (ModelResult model : result.models()) {
      double score = TextTable.best(metric, model.tuning().stream().map(Trial::score));
      String changed =
          model.tuning().stream()
              .filter(t -> t.score() == score)
              .findFirst()
              .map(t -> options(t.changed()))
              .orElse("");
      table.row(
          model.name(),
          Cell.of(String.valueOf(model.tuning().size())),
          Cell.of(model.tuning().isEmpty() ? "–" : Words.number(model.tuning().get(0).score())),
          Cell.of(Words.number(score)),
          Cell.wrapped(changed.isEmpty() ? "nothing" : changed));
    }
    return table.html();
  }

  String cost() {
    HtmlTable table =
        table(
            "Preparing the data took %s, once for all. Means over seeds."
                .formatted(Words.seconds(result.prepareSeconds())));
    table.row("tuning", each(m -> Cell.of(Words.seconds(m.cost().tuneSeconds()))));
    table.row("training", each(m -> Cell.of(Words.seconds(m.trainSeconds()))));
    table.row("training, processor", each(m -> Cell.of(Words.seconds(m.cost().cpuSeconds()))));
    table.row("training, rows/s", each(m -> Cell.of(Words.count(trainRate(m)))));
    table.row("prediction", each(m -> Cell.of(Words.seconds(m.predictSeconds()))));
    double test = result.splits().getOrDefault("test", 0L);
    table.row("prediction, rows/s", each(m -> Cell.of(Words.count(test / m.predictSeconds()))));
    table.row("peak memory, MB", each(m -> Cell.of(Words.count(m.cost().peakMegabytes()))));
    table.row(
        "learned numbers", each(m -> Cell.of(Words.count((double) m.cost().learnedNumbers()))));
    if (result.boosted()) {
      table.row("trees kept", each(m -> Cell.of(Words.trees(m))));
    }
    return table.html();
  }

  /** A network sees every train row once an epoch; of a tree nothing such can be said. */
  private double trainRate(ModelResult model) {
    return model.learning().isEmpty()
        ? Double.NaN
        : model.learning().size()
            * result.splits().getOrDefault("train", 0L)
            / model.trainSeconds();
  }

  String settings() {
    HtmlTable table = new HtmlTable("Settings, defaults included.");
    result.models().forEach(m -> table.row(m.name(), Cell.wrapped(options(m.settings()))));
    return table.html();
  }

  String provenance() {
    HtmlTable table = new HtmlTable("What the result depends on.");
    result.provenance().forEach((name, value) -> table.row(name, Cell.wrapped(value)));
    for (ModelResult model : result.models()) {
      for (int i = 0; i < model.weightsBySeed().size(); i++) {
        String seed = result.seeds().size() == 1 ? "" : ", seed " + result.seeds().get(i);
        table.row("weights of " + model.name() + seed, Cell.wrapped(model.weightsBySeed().get(i)));
      }
    }
    return table.html();
  }

  private static String options(Map<String, Object> options) {
    return options.entrySet().stream()
        .filter(e -> e.getValue() != null)
        .map(e -> e.getKey() + " " + e.getValue())
        .collect(Collectors.joining(", "));
  }

  /** A table with a column a model. */
  private HtmlTable table(String caption) {
    return new HtmlTable(
        caption,
        Stream.concat(Stream.of(""), result.models().stream().map(ModelResult::name)).toList());
  }

  private List<Cell> each(Function<ModelResult, Cell> cell) {
    return result.models().stream().map(cell).toList();
  }
}
