package dev.lockstep.evaluation.result;

import dev.lockstep.evaluation.uncertainty.Contrast;
import java.util.Optional;

/** What to do after a comparison, in one sentence with its reason. */
final class Recommendation {
  private static final String CONSTANT = "constant";

  private final ComparisonResult result;

  private Recommendation(ComparisonResult result) {
    this.result = result;
  }

  static String of(ComparisonResult result) {
    return new Recommendation(result).text();
  }

  private String text() {
    Optional<String> tooFew = result.contrasts().tooFew();
    if (tooFew.isPresent()) {
      return "Do not decide yet: %s.".formatted(tooFew.get());
    }
    ChosenModel chosen = result.chosen();
    ModelResult model = model(chosen.model());
    if (!Double.isFinite(model.metrics().getOrDefault(result.mainMetric().name(), Double.NaN))) {
      return "Do not decide yet: %s has no value on the test split."
          .formatted(Words.metric(result.mainMetric().name()));
    }
    if (chosen.model().equals(CONSTANT) || !beatsConstant(chosen.model())) {
      return "Use none of these models yet: none is shown to predict better than a constant.";
    }
    Finalists two = result.finalists();
    if (two.network().isEmpty() || two.baseline().isEmpty()) {
      return "Compare %s with %s before you use it: %s."
          .formatted(
              model.name(),
              two.baseline().isEmpty() ? "a baseline, such as xgboost," : "a network, such as mlp,",
              chosen.reason());
    }
    return "Use %s: %s%s.".formatted(model.name(), chosen.reason(), cost(model, two));
  }

  /** What the choice costs beside the other one of the two; nothing for the ensemble of both. */
  private String cost(ModelResult model, Finalists two) {
    ModelResult network = two.network().orElseThrow();
    ModelResult baseline = two.baseline().orElseThrow();
    if (model.kind() == ModelResult.Kind.ensemble) {
      return "; it takes both of them to train and to predict";
    }
    ModelResult other = model.name().equals(network.name()) ? baseline : network;
    String times =
        "; training takes %s, and %s for %s"
            .formatted(
                Words.seconds(model.trainSeconds()),
                Words.seconds(other.trainSeconds()),
                other.name());
    boolean differ =
        result.contrasts().between(model.name(), other.name()).filter(Contrast::shown).isPresent();
    return differ || model.trainSeconds() <= other.trainSeconds()
        ? times
        : times + ", which serves as well as far as these rows show";
  }

  private boolean beatsConstant(String name) {
    return result.contrasts().between(name, CONSTANT).stream()
        .allMatch(c -> c.shown() && c.gain() > 0);
  }

  private ModelResult model(String name) {
    return result.models().stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
  }
}
