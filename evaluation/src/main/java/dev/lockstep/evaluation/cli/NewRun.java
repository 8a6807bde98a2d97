package dev.lockstep.evaluation.cli;

import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.experiment.RunInputs;
import dev.lockstep.distributor.saved.NetworkFiles;
import dev.lockstep.models.EstimatorSpec;
import org.apache.hadoop.conf.Configuration;

/** A run of {@code train} that begins: its folder, with what it depends on. */
final class NewRun {
  private NewRun() {}

  static RunFolder begin(
      Experiment experiment, EstimatorSpec model, PreparedData data, Configuration hadoop) {
    RunFolder folder = RunFolder.create(experiment.output(), hadoop);
    folder.write(RunFolder.EXPERIMENT, experiment.text(), hadoop);
    RunInputs.of("train", data, NetworkFiles.digests(model)).write(folder, hadoop);
    return folder;
  }
}
