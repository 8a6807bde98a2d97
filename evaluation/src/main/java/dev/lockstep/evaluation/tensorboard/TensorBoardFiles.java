package dev.lockstep.evaluation.tensorboard;

import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.loop.StepReport;
import dev.lockstep.evaluation.comparison.ComparisonListener;
import dev.lockstep.evaluation.comparison.Fit;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Writes a run's curves for TensorBoard, in a folder for each model and seed and for each trial: by
 * step what a training has come to, and in the end what the model is judged by. A file that cannot
 * be written costs a warning.
 */
public final class TensorBoardFiles implements ComparisonListener, AutoCloseable {
  private static final long FLUSHED_EACH = TimeUnit.SECONDS.toNanos(2);

  private final Path directory;
  private final Configuration hadoop;
  private final Consumer<String> warned;
  private Path run;
  private EventFile file;
  private boolean failed;
  private long step;
  private long flushed;

  /**
   * Files below a folder.
   *
   * @param directory the folder, on any Hadoop file system; each run gets one of its own in it
   * @param warned hears of what cannot be written
   */
  public TensorBoardFiles(String directory, Configuration hadoop, Consumer<String> warned) {
    this.directory = new Path(directory);
    this.hadoop = hadoop;
    this.warned = warned;
  }

  private interface Writing {
    void write() throws IOException;
  }

  /** After a failure nothing more is written. */
  private void attempt(Writing writing) {
    try {
      if (!failed) {
        writing.write();
      }
    } catch (IOException | RuntimeException e) {
      file = null;
      failed = true;
      warned.accept("nothing more for TensorBoard in %s: %s".formatted(run, e.getMessage()));
    }
  }

  @Override
  public synchronized void started(RunFolder folder) {
    run = new Path(directory, folder.runId());
  }

  /** The name has the moment in it, as TensorBoard reads the files of a folder in their order. */
  @Override
  public synchronized void fitting(Fit fit) {
    close();
    step = 0;
    String name =
        "events.out.tfevents.%d.%s".formatted(Instant.now().getEpochSecond(), UUID.randomUUID());
    attempt(() -> file = EventFile.create(new Path(run, fit.path() + "/" + name), hadoop));
  }

  @Override
  public synchronized void stepped(String model, int rank, StepReport report) {
    if (rank == 0) {
      long taken = (report.epoch() - 1L) * report.steps() + report.step();
      add(
          taken,
          Map.of(
              "loss/epoch_so_far", report.loss(), "speed/rows_per_second", report.rowsPerSecond()),
          false);
    }
  }

  @Override
  public synchronized void epochEnded(String model, EpochReport epoch) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("loss/training", epoch.trainLoss());
    values.put("loss/validation", epoch.validationLoss());
    values.put("validation/metric", epoch.validationMetric());
    values.put("learning_rate", epoch.learningRate());
    values.put("speed/rows_per_second", epoch.rowsPerSecond());
    values.put("speed/data_share", epoch.dataShare());
    values.put("speed/communication_share", epoch.communicationShare());
    add(epoch.step(), values, true);
  }

  @Override
  public synchronized void fitted(Fit fit, Fit.Result result) {
    add(step, result.metrics(), true);
    close();
  }

  private void add(long at, Map<String, Double> values, boolean now) {
    step = at;
    attempt(
        () -> {
          if (file != null) {
            file.add(at, values);
            if (now || System.nanoTime() - flushed > FLUSHED_EACH) {
              file.flush();
              flushed = System.nanoTime();
            }
          }
        });
  }

  @Override
  public synchronized void close() {
    attempt(
        () -> {
          if (file != null) {
            file.close();
            file = null;
          }
        });
  }
}
