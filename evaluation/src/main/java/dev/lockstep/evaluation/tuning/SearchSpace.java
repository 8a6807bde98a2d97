package dev.lockstep.evaluation.tuning;

import dev.lockstep.distributor.random.CounterRandom;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.Training;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.models.EstimatorSpec;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What may be varied of a model. Options that the experiment file gives are not: who says {@code
 * depth: 3} wants 3.
 */
public final class SearchSpace {
  private final EstimatorSpec given;
  private final Map<String, Choice> options = new LinkedHashMap<>();
  private final Map<String, Choice> training = new LinkedHashMap<>();

  private SearchSpace(EstimatorSpec given) {
    this.given = given;
  }

  /** The space of one of {@code gbt}, {@code forest}, {@code linear}; others have none. */
  public static SearchSpace ofBaseline(EstimatorSpec given) {
    SearchSpace space = new SearchSpace(given);
    switch (given.name()) {
      case "gbt" ->
          space
              .option("rate", new Choice.Logarithmic(0.03, 0.3))
              .option("depth", new Choice.OneOf(List.of(3, 4, 5, 6, 7, 8)))
              .option("trees", new Choice.OneOf(List.of(50, 100, 150, 200)))
              .option("sample", new Choice.Even(0.6, 1))
              .option("leaf", new Choice.OneOf(List.of(1, 5, 20, 50)));
      case "forest" ->
          space
              .option("depth", new Choice.OneOf(IntStream.rangeClosed(5, 16).boxed().toList()))
              .option("trees", new Choice.OneOf(List.of(50, 100, 200)))
              .option("leaf", new Choice.OneOf(List.of(1, 2, 5, 20)));
      case "linear" -> space.option("penalty", new Choice.Logarithmic(1e-6, 1));
      default -> {}
    }
    return space;
  }

  /**
   * The space of a network: learning rate and weight decay around its family's own, widths, depths
   * and dropout where the family is known here.
   *
   * @param file what the experiment file's training section says
   * @param whole how it is trained where nothing is varied
   */
  public static SearchSpace ofNetwork(EstimatorSpec given, TrainingOptions file, Training whole) {
    SearchSpace space = new SearchSpace(given);
    if (file.learningRate() == null) {
      space.training("learningRate", around(whole.learningRate().base(), 5));
    }
    double decay = whole.options().weightDecay();
    if (file.weightDecay() == null && decay > 0) {
      space.training("weightDecay", around(decay, 30));
    }
    String family = given.name();
    if (family.startsWith("mlp") || List.of("wide-deep", "deepfm", "dcn2").contains(family)) {
      space.option("hidden", layers(List.of(64, 128, 256, 512), 3)).option("dropout", dropout());
    } else if (family.startsWith("tabm")) {
      space.option("hidden", layers(List.of(64, 128, 256), 3)).option("dropout", dropout());
    }
    switch (family) {
      case "mlp-ple", "mlp-plr", "tabm-ple", "tabm-rank" ->
          space.option("numericWidth", new Choice.OneOf(List.of(4, 8, 12, 16, 24)));
      case "dcn2" -> space.option("crosses", new Choice.OneOf(List.of(1, 2, 3, 4)));
      case "realmlp" ->
          space.option("hidden", layers(List.of(128, 256, 384), 3)).option("dropout", dropout());
      case "resnet" ->
          space
              .option("width", new Choice.OneOf(List.of(96, 192, 384)))
              .option("blocks", new Choice.OneOf(List.of(1, 2, 3, 4)))
              .option("dropout", dropout());
      case "ft-transformer" ->
          space
              .option("width", new Choice.OneOf(List.of(32, 64, 96)))
              .option("layers", new Choice.OneOf(List.of(1, 2, 3)))
              .option("attentionDropout", dropout())
              .option("hiddenDropout", dropout());
      default -> {}
    }
    if (!List.of("ft-transformer", "linear").contains(family) && !space.options.isEmpty()) {
      space.option("embedding", new Choice.OneOf(List.of(4, 8, 16, 32)));
    }
    return space;
  }

  private static Choice around(double value, double factor) {
    return new Choice.Logarithmic(value / factor, value * factor);
  }

  private static Choice dropout() {
    return new Choice.Even(0, 0.5);
  }

  /** One to so many layers of one width. */
  private static Choice layers(List<Integer> widths, int most) {
    return new Choice.OneOf(
        widths.stream()
            .flatMap(w -> IntStream.rangeClosed(1, most).mapToObj(d -> Collections.nCopies(d, w)))
            .toList());
  }

  private SearchSpace option(String name, Choice choice) {
    if (!given.options().containsKey(name)) {
      options.put(name, choice);
    }
    return this;
  }

  private void training(String name, Choice choice) {
    if (!ownTraining().containsKey(name)) {
      training.put(name, choice);
    }
  }

  private Map<?, ?> ownTraining() {
    return given.options().get(Network.TRAINING) instanceof Map<?, ?> own ? own : Map.of();
  }

  /** Whether there is nothing to vary. */
  boolean isEmpty() {
    return options.isEmpty() && training.isEmpty();
  }

  /**
   * Values for all that may be varied.
   *
   * @param key key of the draws
   */
  Map<String, Object> draw(long key) {
    Map<String, Object> drawn = new LinkedHashMap<>();
    training.forEach((name, choice) -> drawn.put(name, choice.at(share(key, name))));
    options.forEach((name, choice) -> drawn.put(name, choice.at(share(key, name))));
    return drawn;
  }

  private static double share(long key, String name) {
    return (CounterRandom.bits(key, name.hashCode()) >>> 11) * 0x1p-53;
  }

  /** The model with values that were drawn. */
  EstimatorSpec with(Map<String, Object> drawn) {
    Map<String, Object> all = new LinkedHashMap<>(given.options());
    Map<Object, Object> trained = new LinkedHashMap<>(ownTraining());
    drawn.forEach(
        (name, value) -> {
          if (training.containsKey(name)) {
            trained.put(name, value);
          } else {
            all.put(name, value);
          }
        });
    if (!trained.isEmpty()) {
      all.put(Network.TRAINING, trained);
    }
    return new EstimatorSpec(given.name(), all);
  }
}
