package dev.lockstep.distributor.experiment;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.training.ForwardingTrainingListener;
import dev.lockstep.distributor.training.TrainingListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What each epoch of a run's networks came to: a file in the run's folder that grows by a line an
 * epoch, for those who look on. It is there when a network begins, but on an object store only when
 * it is closed. Where a training begins again at a checkpoint, epochs since then are there twice.
 */
public final class HistoryFile implements AutoCloseable {
  /** Its name. */
  public static final String FILE = "history.csv";

  private static final String HEADER =
      "model,seed,epoch,step,trainingLoss,validationLoss,validationMetric,rowsPerSecond,seconds\n";

  private final Path file;
  private final GrowingFile out;
  private boolean failed;

  private HistoryFile(Path file, GrowingFile out) {
    this.file = file;
    this.out = out;
  }

  /**
   * Begins the file of a run, or goes on with it; of a line that was cut off nothing stays.
   *
   * @throws LockstepException if it cannot be written
   */
  public static HistoryFile open(RunFolder folder, Configuration hadoop) {
    Path file = new Path(folder.path(), FILE);
    String before = folder.read(FILE, hadoop).orElse("");
    String whole = before.substring(0, before.lastIndexOf('\n') + 1);
    try {
      HistoryFile history = new HistoryFile(file, GrowingFile.create(file, hadoop));
      history.write(whole.isEmpty() ? HEADER : whole);
      return history;
    } catch (IOException e) {
      throw new LockstepException(
          "cannot write " + file + ": " + e.getMessage(), "Choose another 'output'", e);
    }
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /**
   * A listener that writes a line for each epoch of a training that begins now, and hands on all
   * that it hears. A line that cannot be written costs one warning.
   *
   * @param model the network's name in the run
   */
  public TrainingListener of(String model, long seed, TrainingListener listener) {
    return new Lines(model, seed, listener, System.nanoTime());
  }

  private synchronized void append(String line, TrainingListener listener) {
    try {
      if (!failed) {
        write(line);
      }
    } catch (IOException e) {
      failed = true;
      listener.warned("%s ends here: %s".formatted(file, e.getMessage()));
    }
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      failed = true; // A file for those who look on is no reason to fail a run that is whole.
    }
  }

  private final class Lines extends ForwardingTrainingListener {
    private final String model;
    private final long seed;
    private final TrainingListener listener;
    private final long from;

    Lines(String model, long seed, TrainingListener listener, long from) {
      super(listener);
      this.model = model;
      this.seed = seed;
      this.listener = listener;
      this.from = from;
    }

    @Override
    public void epochEnded(String network, EpochReport epoch) {
      append(
          String.join(
                  ",",
                  model,
                  String.valueOf(seed),
                  String.valueOf(epoch.epoch()),
                  String.valueOf(epoch.step()),
                  number(epoch.trainLoss()),
                  number(epoch.validationLoss()),
                  number(epoch.validationMetric()),
                  String.format(Locale.ROOT, "%.1f", epoch.rowsPerSecond()),
                  String.format(Locale.ROOT, "%.3f", (System.nanoTime() - from) / 1e9))
              + "\n",
          listener);
      super.epochEnded(network, epoch);
    }

    /** Nothing where there is no value. */
    private static String number(double value) {
      return Double.isNaN(value) ? "" : String.valueOf(value);
    }
  }
}
