package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.PreparedData;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.evaluation.report.ComparisonResult;

/** Hears of a run, to write it down. */
public interface RunListener {
  /** Listens to nothing. */
  RunListener NONE = new RunListener() {};

  /** The data is there, and so is the folder; now models are trained. */
  default void started(RunFolder folder, PreparedData data) {}

  /** All is done, and the report is in the folder. */
  default void finished(ComparisonResult result) {}
}
