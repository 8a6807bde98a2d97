package dev.lockstep.distributor.checkpoint;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Writes checkpoints on a thread of its own, one at a time, while training goes on. */
public final class CheckpointWriter implements AutoCloseable {
  private final CheckpointStore store;
  private final ExecutorService thread;
  private Future<?> last;

  /** A writer to a store. */
  public CheckpointWriter(CheckpointStore store) {
    this.store = store;
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread t = new Thread(task, "lockstep-checkpoint");
              t.setDaemon(true);
              return t;
            });
  }

  /** Whether a checkpoint is still being written. */
  public boolean isBusy() {
    return last != null && !last.isDone();
  }

  /**
   * Begins to write a checkpoint, whose arrays must not change until it is written; waits for the
   * one before.
   *
   * @throws IOException if the one before could not be written
   */
  public void write(Checkpoint checkpoint) throws IOException, InterruptedException {
    finish();
    last =
        thread.submit(
            () -> {
              store.save(checkpoint);
              return null;
            });
  }

  /**
   * Waits for what is being written.
   *
   * @throws IOException if it could not be written; said once
   */
  public void finish() throws IOException, InterruptedException {
    if (last == null) {
      return;
    }
    Future<?> ended = last;
    last = null;
    try {
      ended.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException("writing a checkpoint failed", e.getCause());
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
