package dev.lockstep.evaluation.result;

import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.uncertainty.Contrast;
import java.util.Optional;

/**
 * The model that the verdict speaks for, which predictions are made with where a person names none:
 * the one that is shown to be better on the test split, or, where no difference is shown, the one
 * that is better on the validation split. The ensemble is chosen where it is shown to be better
 * than that one.
 *
 * @param model its name
 * @param reason why, in words
 */
public record ChosenModel(String model, String reason) {
  static ChosenModel of(ComparisonResult result) {
    ChosenModel one = ofTwo(result);
    return result.models().stream()
        .filter(m -> m.kind() == ModelResult.Kind.ensemble)
        .map(ModelResult::name)
        .filter(both -> isShown(result.contrasts().between(both, one.model)))
        .map(both -> new ChosenModel(both, "it beats %s alone".formatted(one.model)))
        .findFirst()
        .orElse(one);
  }

  private static ChosenModel ofTwo(ComparisonResult result) {
    Finalists two = result.finalists();
    if (two.network().isEmpty() || two.baseline().isEmpty()) {
      String only = two.network().or(two::baseline).orElseThrow().name();
      return new ChosenModel(only, "there is nothing to compare it with");
    }
    ModelResult network = two.network().get();
    ModelResult baseline = two.baseline().get();
    Optional<Contrast> contrast = result.contrasts().between(network.name(), baseline.name());
    if (isShown(contrast)) {
      return new ChosenModel(network.name(), "it beats " + baseline.name());
    }
    if (isShown(contrast.map(Contrast::reversed))) {
      return new ChosenModel(baseline.name(), "it beats " + network.name());
    }
    MainMetric metric = result.mainMetric();
    double gain = metric.gain(network.validation(), baseline.validation());
    if (Double.isNaN(gain)) {
      return new ChosenModel(
          network.name(),
          "no difference between it and %s is shown, and no validation metric chooses"
              .formatted(baseline.name()));
    }
    boolean first = gain >= 0;
    return new ChosenModel(
        (first ? network : baseline).name(),
        "no difference between it and %s is shown, and it is not worse on the validation split"
            .formatted((first ? baseline : network).name()));
  }

  private static boolean isShown(Optional<Contrast> contrast) {
    return contrast.filter(c -> c.shown() && c.gain() > 0).isPresent();
  }
}
