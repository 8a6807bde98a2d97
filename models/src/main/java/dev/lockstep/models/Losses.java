package dev.lockstep.models;

import java.util.List;
import java.util.stream.IntStream;

/** Reads losses as experiment files name them. */
final class Losses {
  private Losses() {}

  static Loss read(EstimatorSpec spec, Link link, int outputs) {
    Options given = new Options("loss " + spec.name(), spec.options());
    Loss loss =
        switch (link) {
          case SIGMOID, SOFTMAX -> ofClasses(spec.name(), given, link, outputs);
          case IDENTITY -> ofValues(spec.name(), given, outputs);
        };
    given.refuseOthers();
    return loss;
  }

  private static Loss ofClasses(String name, Options given, Link link, int outputs) {
    Loss loss =
        switch (name) {
          case "cross-entropy" ->
              entropy(link, outputs, given.number("smoothing", 0, 0, Math.nextDown(1.0)));
          case "focal" ->
              new Loss.Focal(entropy(link, outputs, 0), given.number("gamma", 2, 0, 100));
          default -> throw unknown(name, "classes", "cross-entropy, focal");
        };
    int classes = link == Link.SIGMOID ? 2 : outputs;
    List<Double> weights = given.numbers("classWeights", List.of(), 0, Float.MAX_VALUE);
    if (weights.isEmpty()) {
      return loss;
    }
    if (weights.size() != classes) {
      throw new IllegalArgumentException(
          "loss.classWeights must be %d numbers, one for each class, but are %d"
              .formatted(classes, weights.size()));
    }
    return new Loss.ClassWeighted(loss, weights);
  }

  private static Loss entropy(Link link, int outputs, double smoothing) {
    return link == Link.SIGMOID
        ? new Loss.BinaryCrossEntropy(smoothing)
        : new Loss.CrossEntropy(outputs, smoothing);
  }

  private static Loss ofValues(String name, Options given, int outputs) {
    Loss loss =
        switch (name) {
          case "squared" -> new Loss.Squared();
          case "huber" ->
              new Loss.Huber(given.number("delta", 1, Float.MIN_NORMAL, Float.MAX_VALUE));
          case "pinball" ->
              new Loss.Pinball(
                  given.numbers(
                      "quantiles", evenQuantiles(outputs), Math.nextUp(0.0), Math.nextDown(1.0)));
          default -> throw unknown(name, "regression", "squared, huber, pinball");
        };
    int wanted = loss instanceof Loss.Pinball pinball ? pinball.quantiles().size() : 1;
    if (wanted != outputs) {
      throw new IllegalArgumentException(
          "loss %s needs a network of %d outputs, but it has %d".formatted(name, wanted, outputs));
    }
    return loss;
  }

  /** The median of one output; for more, quantiles that split the mass evenly. */
  static List<Double> evenQuantiles(int outputs) {
    return IntStream.rangeClosed(1, outputs).mapToObj(i -> i / (outputs + 1.0)).toList();
  }

  private static IllegalArgumentException unknown(String name, String what, String known) {
    return new IllegalArgumentException(
        "no loss '%s' for %s; known are %s".formatted(name, what, known));
  }

  static void within(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "loss: %s must be from %s to %s, but is %s".formatted(name, least, most, value));
    }
  }
}
