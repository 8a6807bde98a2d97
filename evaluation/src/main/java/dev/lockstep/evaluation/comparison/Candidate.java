package dev.lockstep.evaluation.comparison;

import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.models.EstimatorSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model that takes part in a comparison.
 *
 * @param name its name, which no other candidate has
 * @param spec the model as the experiment says it
 * @param learner who fits it
 */
record Candidate(String name, EstimatorSpec spec, Learner learner) {
  /** All models of an experiment, networks first; of equal names later ones get a number. */
  static List<Candidate> of(Experiment experiment, Learner networks, Learner baselines) {
    Set<String> taken = new HashSet<>();
    List<Candidate> candidates = new ArrayList<>(of(experiment.models(), networks, taken));
    candidates.addAll(of(experiment.baselines(), baselines, taken));
    return candidates;
  }

  /** The names of an experiment's models and what they are, in the order of {@link #of}. */
  static Map<String, ModelResult.Kind> kinds(Experiment experiment) {
    Set<String> taken = new HashSet<>();
    Map<String, ModelResult.Kind> kinds = new LinkedHashMap<>();
    experiment.models().forEach(m -> kinds.put(name(m, taken), ModelResult.Kind.network));
    experiment.baselines().forEach(b -> kinds.put(name(b, taken), ModelResult.Kind.baseline));
    return kinds;
  }

  /** The networks of an experiment alone, by the same names. */
  static List<Candidate> ofNetworks(Experiment experiment, Learner networks) {
    return of(experiment.models(), networks, new HashSet<>());
  }

  private static List<Candidate> of(List<EstimatorSpec> specs, Learner learner, Set<String> taken) {
    return specs.stream().map(spec -> new Candidate(name(spec, taken), spec, learner)).toList();
  }

  private static String name(EstimatorSpec spec, Set<String> taken) {
    String name = spec.name();
    for (int number = 2; !taken.add(name); number++) {
      name = spec.name() + "-" + number;
    }
    return name;
  }
}
