package dev.lockstep.distributor.experiment;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.yaml.YamlFile;
import dev.lockstep.data.yaml.YamlValue;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.models.EstimatorSpec;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads experiment files; whatever is wrong in one is said with its place and the way out. */
public final class ExperimentFile {
  private static final List<String> OWN =
      List.of(
          "model",
          "models",
          "training",
          "baselines",
          "tuning",
          "splits",
          "ensemble",
          "seed",
          "seeds",
          "output");

  private ExperimentFile() {}

  /** As {@link #read(String)}. */
  public static Experiment read(Path file) {
    return read(file.toString());
  }

  /**
   * Reads a file.
   *
   * @param file its path on this machine, or a URI such as {@code hdfs://host/path}
   * @throws LockstepException if it cannot be read or says something that is not known
   */
  public static Experiment read(String file) {
    return parse(YamlFile.text(file, "experiment file"), file);
  }

  /** As {@link #read(String)}, from a text; {@code name} is what errors call it. */
  public static Experiment parse(String text, String name) {
    return YamlFile.parse(text, name, "table: PATH", root -> bind(root, text, name));
  }

  /** As {@link #parse}, from a text that no person has written: errors do not name its lines. */
  public static Experiment parseMade(String text, String name) {
    return YamlFile.parseMade(text, name, "table: PATH", root -> bind(root, text, name));
  }

  private static Experiment bind(YamlValue root, String text, String name) {
    List<String> ofData =
        Arrays.stream(DataSpec.class.getRecordComponents()).map(RecordComponent::getName).toList();
    List<String> all = new ArrayList<>(ofData);
    all.addAll(OWN);
    root.refuseOthers(all);
    YamlValue section = root.get("training");
    TrainingOptions training =
        section.isSaid() ? section.as(TrainingOptions.class) : TrainingOptions.empty();
    Experiment experiment =
        new Experiment(
            root.only(ofData).as(DataSpec.class),
            oneOrMore(root, "model", "models").stream()
                .map(model -> network(model, training))
                .toList(),
            training,
            root.get("baselines").items().stream().map(ExperimentFile::estimator).toList(),
            tuning(root.get("tuning")),
            Optional.ofNullable(root.get("splits").as(SplitsSpec.class)),
            Boolean.TRUE.equals(root.get("ensemble").as(Boolean.class)),
            seeds(root),
            output(root.get("output")),
            text);
    try {
      experiment.check();
    } catch (LockstepException e) {
      throw new LockstepException(name + ": " + e.problem(), e.remedy(), e);
    }
    return experiment;
  }

  /** One value or a list of them, by two keys of which a file has one. */
  private static List<YamlValue> oneOrMore(YamlValue root, String one, String several) {
    if (root.get(one).isThere() && root.get(several).isThere()) {
      throw new IllegalArgumentException(
          "say '%s' for one %s or '%s' for several, not both".formatted(one, one, several));
    }
    return root.get(root.get(several).isThere() ? several : one).items();
  }

  /** A network that there is, with a training section of its own that fits the experiment's. */
  private static EstimatorSpec network(YamlValue value, TrainingOptions training) {
    EstimatorSpec network = estimator(value);
    try {
      Network.of(network, training);
    } catch (LockstepException e) {
      throw new LockstepException(value.place() + ": " + e.problem(), e.remedy(), e);
    }
    return network;
  }

  private static EstimatorSpec estimator(YamlValue value) {
    return value.as(EstimatorSpec.class);
  }

  private static Optional<TuningSpec> tuning(YamlValue tuning) {
    if (tuning.isThere() && !tuning.isSaid()) {
      return Optional.of(new TuningSpec(null, null, null)); // Refused: it has no budget.
    }
    return Optional.ofNullable(tuning.as(TuningSpec.class));
  }

  private static List<Long> seeds(YamlValue root) {
    List<YamlValue> seeds = oneOrMore(root, "seed", "seeds");
    boolean unsaid = !root.get("seed").isSaid() && !root.get("seeds").isThere();
    return unsaid ? List.of(0L) : seeds.stream().map(seed -> seed.as(Long.class)).toList();
  }

  private static String output(YamlValue output) {
    return output.isSaid() ? output.as(String.class) : Experiment.OUTPUT;
  }
}
