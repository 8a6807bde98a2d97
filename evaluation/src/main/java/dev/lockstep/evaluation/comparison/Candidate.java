package dev.lockstep.evaluation.comparison;

import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.models.EstimatorSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
    List<Candidate> candidates = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    experiment.models().forEach(m -> candidates.add(new Candidate(name(m, taken), m, networks)));
    experiment
        .baselines()
        .forEach(b -> candidates.add(new Candidate(name(b, taken), b, baselines)));
    return candidates;
  }

  private static String name(EstimatorSpec spec, Set<String> taken) {
    String name = spec.name();
    for (int number = 2; !taken.add(name); number++) {
      name = spec.name() + "-" + number;
    }
    return name;
  }
}
