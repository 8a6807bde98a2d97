package dev.lockstep.evaluation.report;

import dev.lockstep.evaluation.insight.Importance;
import dev.lockstep.evaluation.metrics.CurvePoint;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.result.ComparisonResult;
import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.evaluation.result.Words;
import dev.lockstep.evaluation.tuning.Trial;
import dev.lockstep.evaluation.uncertainty.Contrast;
import dev.lockstep.evaluation.uncertainty.Evidence;
import dev.lockstep.evaluation.uncertainty.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The pictures of a page. */
final class Charts {
  private static final int MOST_FEATURES = 10;

  /** So far behind that beside it all others look alike; it is in the tables. */
  static final String CONSTANT = "constant";

  private final ComparisonResult result;
  private final String metric;

  Charts(ComparisonResult result) {
    this.result = result;
    this.metric = result.mainMetric().name();
  }

  /** Every seed's metric, and the intervals of differences. */
  String spread() {
    RowChart seeds =
        new RowChart(
            result.contrasts().unit() == Units.Kind.split
                ? "Each model, split by split"
                : "Each model, seed by seed",
            Words.metric(metric),
            false);
    for (ModelResult model : result.models()) {
      if (!model.name().equals(CONSTANT)) {
        seeds.dots(model.name(), model.metricsBySeed().stream().map(m -> m.get(metric)).toList());
      }
    }
    RowChart gains =
        new RowChart("Gain of one over another, 95 % intervals", Words.metric(metric), true);
    for (Contrast c : result.contrasts().pairs()) {
      if (!c.first().equals(CONSTANT) && !c.second().equals(CONSTANT)) {
        c.evidence()
            .map(Evidence::interval)
            .ifPresent(
                i ->
                    gains.interval(
                        c.first() + " – " + c.second(), c.gain(), i.low(), i.high(), kind(c)));
      }
    }
    return side(
        result.contrasts().tooFew().isPresent()
            ? List.of(seeds.svg())
            : List.of(seeds.svg(), gains.svg()));
  }

  /** Only what is shown to be better is green. */
  private static String kind(Contrast contrast) {
    return !contrast.shown() ? "open" : contrast.gain() > 0 ? "won" : "lost";
  }

  String curves() {
    List<String> charts = new ArrayList<>();
    List<ModelResult> ranked =
        result.models().stream()
            .filter(m -> !m.roc().isEmpty() && !m.name().equals(CONSTANT))
            .toList();
    if (!ranked.isEmpty()) {
      String chosen = result.chosen().model();
      Chart roc = new Chart("ROC curve", "false positive rate", "true positive rate");
      Chart precision = new Chart("Precision and recall", "recall", "precision");
      Chart calibration =
          new Chart(
              "Calibration; numbers: test rows, " + chosen,
              "predicted probability",
              "observed share");
      for (ModelResult model : ranked) {
        roc.withDiagonal().line(model.name(), model.roc());
        precision.line(model.name(), model.precisionRecall());
        calibration.withDiagonal();
        if (model.name().equals(chosen)) {
          calibration.counted(model.name(), model.calibration());
        } else {
          calibration.dots(model.name(), places(model));
        }
      }
      charts.addAll(List.of(roc.svg(), precision.svg(), calibration.svg()));
    }
    result.models().stream()
        .filter(m -> !m.learning().isEmpty())
        .forEach(m -> charts.add(learning(m)));
    return side(charts);
  }

  private static List<CurvePoint> places(ModelResult model) {
    return model.calibration().stream().map(p -> new CurvePoint(p.x(), p.y())).toList();
  }

  private static String learning(ModelResult model) {
    Function<Function<ModelResult.LearningPoint, Double>, List<CurvePoint>> points =
        loss ->
            model.learning().stream().map(p -> new CurvePoint(p.epoch(), loss.apply(p))).toList();
    return new Chart("Learning of " + model.name(), "epoch", "loss")
        .line("train", points.apply(ModelResult.LearningPoint::trainLoss))
        .line("validation", points.apply(ModelResult.LearningPoint::validationLoss))
        .svg();
  }

  /** The best metric on the validation split so far, trial by trial. */
  String tuning() {
    MainMetric tuned = new MainMetric(result.tuningMetric());
    Chart chart =
        new Chart(
            "Best so far, trial by trial", "trial", "validation " + Words.metric(tuned.name()));
    for (ModelResult model : result.models()) {
      List<CurvePoint> points = new ArrayList<>();
      double best = Double.NaN;
      for (Trial trial : model.tuning()) {
        best = Double.isNaN(best) || tuned.gain(trial.score(), best) > 0 ? trial.score() : best;
        points.add(new CurvePoint(trial.number(), best));
      }
      chart.dots(model.name(), points);
    }
    return side(List.of(chart.svg()));
  }

  String importance() {
    return side(
        result.importance().entrySet().stream()
            .map(entry -> importance(entry.getKey(), entry.getValue()))
            .toList());
  }

  private String importance(String model, List<Importance> importance) {
    RowChart chart =
        new RowChart("What " + model + " leans on", "loss of " + Words.metric(metric), true);
    importance.stream().limit(MOST_FEATURES).forEach(i -> chart.bar(i.feature(), i.loss()));
    return chart.svg();
  }

  private static String side(List<String> charts) {
    return charts.stream().collect(Collectors.joining("", "<div class=\"charts\">", "</div>"));
  }
}
