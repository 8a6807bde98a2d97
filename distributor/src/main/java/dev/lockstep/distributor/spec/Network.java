package dev.lockstep.distributor.spec;

import dev.lockstep.data.yaml.YamlValue;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.ModelFamily;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A network of an experiment, and how it is trained: all that is left open in the file is decided
 * here, once.
 *
 * @param spec the network's name and its own options
 * @param training how it is trained
 * @param transform name of the numeric transform that it does best with
 */
public record Network(EstimatorSpec spec, Training training, String transform) {
  /** The option of a network that overrides the experiment's section of the same name. */
  public static final String TRAINING = "training";

  /**
   * Decides by the network's own section {@code training}, then by the experiment's, then by what
   * the network does best with, then by what holds for all.
   *
   * @param model the network as the experiment says it
   * @param experiment the experiment's section {@code training}
   * @throws dev.lockstep.data.LockstepException if there is no such network, or an option is out of
   *     range
   */
  public static Network of(EstimatorSpec model, TrainingOptions experiment) {
    ModelFamily family = family(model.name());
    Map<String, Object> options = new HashMap<>(model.options());
    Object own = options.remove(TRAINING);
    TrainingOptions complete =
        options(model.name(), own == null ? Map.of() : own)
            .orElse(experiment)
            .orElse(options(model.name(), family.trainingDefaults()))
            .orElse(TrainingOptions.defaults());
    return new Network(
        new EstimatorSpec(model.name(), options),
        new Training(complete),
        family.numericTransform().name().toLowerCase(Locale.ROOT));
  }

  private static TrainingOptions options(String model, Object section) {
    return YamlValue.of(section, "model " + model, TRAINING).as(TrainingOptions.class);
  }

  private static ModelFamily family(String name) {
    try {
      return ModelFamily.named(name);
    } catch (IllegalArgumentException e) {
      throw EstimatorMistake.of(e, "model");
    }
  }

  /** Its name. */
  public String name() {
    return spec.name();
  }
}
