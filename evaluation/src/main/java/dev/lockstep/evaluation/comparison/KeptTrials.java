package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.Json;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.evaluation.tuning.Trial;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** The trials of a model's tuning so far, in the run's folder. */
record KeptTrials(RunFolder run, String model, Configuration hadoop) {
  private static final String FILE = "trials.json";

  List<Trial> read() {
    return run.read(model + "/" + FILE, hadoop)
        .map(json -> List.of(Json.read(json, Trial[].class)))
        .orElse(List.of());
  }

  void write(List<Trial> trials) {
    run.write(model + "/" + FILE, Json.line(trials), hadoop);
  }
}
