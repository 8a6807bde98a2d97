package dev.lockstep.evaluation.report;

import dev.lockstep.data.Figures;
import dev.lockstep.data.profile.LabelBalance;
import dev.lockstep.evaluation.metrics.Confusion;
import dev.lockstep.evaluation.report.HtmlTable.Cell;
import dev.lockstep.evaluation.result.ComparisonResult;
import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.evaluation.result.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a decision needs beside the verdict: how frequent what is predicted is, what comes of acting
 * on the predictions, and the cost.
 */
final class DecisionSection {
  private static final int MOST_CLASSES = 12;

  private final ComparisonResult result;
  private final ModelResult chosen;

  DecisionSection(ComparisonResult result) {
    this.result = result;
    String name = result.chosen().model();
    this.chosen =
        result.models().stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
  }

  List<String> parts() {
    List<String> parts = new ArrayList<>();
    StringBuilder facts = new StringBuilder("<dl>");
    fact(facts, balance().classes().isEmpty() ? "Explained" : "Base rate", baseRate());
    chosen
        .confusion()
        .filter(c -> c.threshold().isPresent())
        .ifPresent(c -> fact(facts, "Acting on " + chosen.name(), acting(c)));
    fact(facts, "Cost", cost());
    parts.add(facts + "</dl>");
    chosen
        .confusion()
        .ifPresent(
            c -> {
              c.threshold().ifPresent(t -> parts.add(thresholds()));
              parts.add(matrix(c));
            });
    return parts;
  }

  private static void fact(StringBuilder facts, String name, String text) {
    facts.append("<dt>%s</dt><dd>%s</dd>".formatted(Html.escape(name), Html.escape(text)));
  }

  private LabelBalance balance() {
    return result.data().balance();
  }

  private String baseRate() {
    List<String> classes = balance().classes();
    if (classes.isEmpty()) {
      double explained = chosen.metrics().getOrDefault("r2", Double.NaN);
      return "%s explains %s of how %s varies among the test rows (R²); to say its mean each time explains nothing."
          .formatted(chosen.name(), percent(explained), result.label());
    }
    int shown =
        classes.size() == 2
            ? 1
            : IntStream.range(0, classes.size())
                .boxed()
                .max(Comparator.comparingDouble(c -> balance().share("test", c)))
                .orElseThrow();
    long of = balance().rows().get("test").stream().mapToLong(n -> n).sum();
    String rows =
        String.format(
            Locale.ROOT,
            "%,d of %,d test rows (%s) are %s",
            balance().rows().get("test").get(shown),
            of,
            DataWords.percent(balance().share("test", shown)),
            classes.get(shown));
    return classes.size() == 2
        ? rows + "."
        : rows + ", the most frequent class: to say so each time is as often right.";
  }

  private String acting(Confusion confusion) {
    String positive = balance().classes().get(1);
    String picked =
        "%s of the test rows have a probability of %s of at least %s, the threshold that %s."
            .formatted(
                percent(confusion.picked()),
                positive,
                Figures.of(confusion.threshold().orElseThrow(), 3),
                confusion.chosen()
                    ? "the validation split chose"
                    : "is taken where no validation rows choose one");
    if (Double.isNaN(confusion.precision())) {
      return picked;
    }
    return "%s Of these, %s are %s, %s times the base rate (lift); %s of all %s are among them."
        .formatted(
            picked,
            percent(confusion.precision()),
            positive,
            Figures.of(confusion.lift(), 1),
            percent(confusion.recall()),
            positive);
  }

  private String cost() {
    String tuning =
        chosen.cost().tuneSeconds() > 0
            ? "tuning took %s and training %s"
                .formatted(
                    Words.seconds(chosen.cost().tuneSeconds()),
                    Words.seconds(chosen.trainSeconds()))
            : "training took " + Words.seconds(chosen.trainSeconds());
    return "%s: %s; to score the %s test rows took %s. Preparing the data took %s, once for all models."
        .formatted(
            chosen.name(),
            tuning,
            Words.count((double) result.splits().getOrDefault("test", 0L)),
            Words.seconds(chosen.predictSeconds()),
            Words.seconds(result.prepareSeconds()));
  }

  /** Each model at its own threshold. */
  private String thresholds() {
    List<ModelResult> models =
        result.models().stream().filter(m -> m.confusion().isPresent()).toList();
    boolean several = result.seeds().size() > 1;
    HtmlTable table =
        new HtmlTable(
            "Test rows at a threshold. It is the one with the highest F1 on the validation split,"
                + " or 0.5 where there are no validation rows; test rows never choose it. Where a"
                + " wrong alarm costs more than a miss, or less, another one is better."
                + (several ? " The first seed's models." : ""),
            Stream.concat(Stream.of(""), models.stream().map(ModelResult::name)).toList());
    table.row("threshold", cells(models, c -> Figures.of(c.threshold().orElseThrow(), 3)));
    table.row("chosen by", cells(models, c -> c.chosen() ? "validation" : "none: 0.5"));
    figure(table, "acted on", models, Confusion::picked);
    figure(table, "precision", models, Confusion::precision);
    figure(table, "recall", models, Confusion::recall);
    table.row("lift", cells(models, c -> Figures.of(c.lift(), 2)));
    return table.html();
  }

  private static void figure(
      HtmlTable table, String name, List<ModelResult> models, ToDoubleFunction<Confusion> value) {
    table.row(name, cells(models, c -> percent(value.applyAsDouble(c))));
  }

  private static List<Cell> cells(List<ModelResult> models, Function<Confusion, String> text) {
    return models.stream().map(m -> Cell.of(text.apply(m.confusion().orElseThrow()))).toList();
  }

  private String matrix(Confusion confusion) {
    List<String> classes = balance().classes();
    List<Integer> shown = DataWords.fullest(balance(), MOST_CLASSES).stream().sorted().toList();
    Optional<Double> threshold = confusion.threshold();
    List<String> head = new ArrayList<>(List.of("is"));
    shown.forEach(c -> head.add("predicted " + classes.get(c)));
    HtmlTable table =
        new HtmlTable(
            "Confusion matrix of %s on the test split%s: rows by what they are and what is predicted%s. The diagonal is right."
                .formatted(
                    chosen.name(),
                    threshold.map(t -> ", at " + Figures.of(t, 3)).orElse(""),
                    classes.size() > shown.size()
                        ? ", of the %d most frequent classes".formatted(shown.size())
                        : ""),
            head);
    for (int own : shown) {
      table.row(
          classes.get(own),
          shown.stream()
              .map(taken -> cell(confusion.weights().get(own).get(taken), own == taken))
              .toList());
    }
    return table.html();
  }

  private static Cell cell(double weight, boolean right) {
    String text = Words.count(weight);
    return right ? Cell.strong(text) : Cell.of(text);
  }

  private static String percent(double share) {
    return Double.isFinite(share) ? DataWords.percent(share) : Figures.NONE;
  }
}
