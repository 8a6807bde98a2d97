package dev.lockstep.evaluation.cli;

import dev.lockstep.data.Figures;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.progress.Phase;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.loop.StepReport;
import dev.lockstep.evaluation.comparison.ComparisonListener;
import java.util.function.Consumer;

/**
 * Puts into lines how trainings and comparisons go.
 *
 * @param begun hears of the run, from when on it could be resumed
 */
record ProgressListener(Progress progress, Consumer<RunFolder> begun)
    implements ComparisonListener {
  private static final int LOSS_DECIMALS = 5;

  ProgressListener(Progress progress) {
    this(progress, run -> {});
  }

  @Override
  public void progressed(Phase phase) {
    progress.progressed(phase);
  }

  @Override
  public void prepared(PreparedData data, double seconds) {
    progress.done(
        "prepared %s version %d in %s: %s"
            .formatted(
                data.snapshot().table(),
                data.snapshot().version(),
                Figures.seconds(seconds),
                data.splits()));
  }

  /** What matters most comes first: a narrow terminal cuts the rest. */
  @Override
  public void stepped(String model, int rank, StepReport report) {
    progress.detail(
        "epoch %d/%d  loss %s  step %d/%d  %,.0f rows/s  rank %d: data %.0f%%, communication %.0f%%"
            .formatted(
                report.epoch(),
                report.epochs(),
                Figures.of(report.loss(), LOSS_DECIMALS),
                report.step(),
                report.steps(),
                report.rowsPerSecond(),
                rank,
                100 * report.dataShare(),
                100 * report.communicationShare()));
  }

  @Override
  public void epochEnded(String model, EpochReport epoch) {
    progress.done(
        "%s  epoch %3d  loss %s  validation %s%s  %,.0f rows/s  data %.0f%%  communication %.0f%%"
            .formatted(
                model,
                epoch.epoch(),
                Figures.of(epoch.trainLoss(), LOSS_DECIMALS),
                Figures.of(epoch.validationMetric(), LOSS_DECIMALS),
                epoch.best() ? " *" : "  ",
                epoch.rowsPerSecond(),
                100 * epoch.dataShare(),
                100 * epoch.communicationShare()));
  }

  @Override
  public void noted(String model, String message) {
    progress.done(model + "  " + message);
  }

  @Override
  public void warned(String message) {
    progress.done("warning: " + message);
  }

  @Override
  public void attemptFailed(int rank, int attempt, String cause) {
    progress.done("rank %d failed in attempt %d: %s".formatted(rank, attempt, cause));
  }

  @Override
  public void tried(String model, String metric, double validation) {
    progress.done("%s tried: validation %s %s".formatted(model, metric, Figures.of(validation)));
  }

  @Override
  public void trained(String model, double seconds) {
    progress.done("%s trained in %s".formatted(model, Figures.seconds(seconds)));
  }

  @Override
  public void trainedBefore(String model) {
    progress.done("%s was trained before".formatted(model));
  }

  @Override
  public void started(RunFolder folder) {
    progress.done("run " + folder.runId() + " in " + folder.shown());
    begun.accept(folder);
  }
}
