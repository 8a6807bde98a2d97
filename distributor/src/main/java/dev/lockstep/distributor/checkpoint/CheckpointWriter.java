package dev.lockstep.distributor.checkpoint;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes checkpoints on a thread of its own, one at a time, while training goes on. */
public final class CheckpointWriter implements AutoCloseable {
  /** A rank that has failed waits so long for what is being written; it may hang. */
  private static final long LAST_WRITE_SECONDS = 2;

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);

  private final CheckpointStore store;
  private ExecutorService thread;
  private Writing last;

  /** A writer to a store. */
  public CheckpointWriter(CheckpointStore store) {
    this.store = store;
  }

  /** A checkpoint on its way to the store. */
  private record Writing(CompletableFuture<Void> end, AtomicBoolean wanted, long fromNanos) {}

  /** Whether a checkpoint is still being written, wanted or not. */
  public boolean isBusy() {
    return last != null && !last.end().isDone();
  }

  /** Whether the checkpoint that is being written has been given up. */
  public boolean isStuck() {
    return isBusy() && !last.wanted().get();
  }

  /** For how long the checkpoint has been written that is on its way. */
  public Duration busyFor() {
    return isBusy() ? Duration.ofNanos(System.nanoTime() - last.fromNanos()) : Duration.ZERO;
  }

  /** Begins to write a checkpoint, as {@link #write(Saving)}. */
  public void write(Checkpoint checkpoint) {
    write(() -> store.save(checkpoint));
  }

  /** Writes something of a checkpoint to the store. */
  @FunctionalInterface
  public interface Saving {
    /**
     * Writes it.
     *
     * @return the checkpoint's name
     */
    String save() throws IOException;
  }

  /**
   * Begins to write something of a checkpoint, which must not change until it is written.
   *
   * @throws IllegalStateException if one is being written
   */
  public void write(Saving saving) {
    if (isBusy()) {
      throw new IllegalStateException("expected the checkpoint before to be written or given up");
    }
    if (thread == null) {
      thread = Executors.newSingleThreadExecutor(CheckpointWriter::thread);
    }
    AtomicBoolean wanted = new AtomicBoolean(true);
    CompletableFuture<Void> end = CompletableFuture.runAsync(() -> write(saving, wanted), thread);
    last = new Writing(end, wanted, System.nanoTime());
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "lockstep-checkpoint");
    thread.setDaemon(true);
    return thread;
  }

  private void write(Saving saving, AtomicBoolean wanted) {
    try {
      String name = saving.save();
      if (!wanted.get()) { // Whoever gave it up may have deleted the others since.
        store.remove(name);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Waits no longer for the checkpoint that is being written: it is deleted if it ever ends. */
  public void giveUp() {
    if (isBusy()) {
      last.wanted().set(false);
      if (!thread.shutdownNow().isEmpty()) {
        last.end().completeExceptionally(new IOException("given up before it began"));
      }
      thread = null;
    }
  }

  /**
   * Says once how the last checkpoint ended that is no longer being written.
   *
   * @throws IOException if it could not be written, for whatever reason
   */
  public void finish() throws IOException, InterruptedException {
    if (last == null || isBusy()) {
      return;
    }
    Writing ended = last;
    last = null;
    try {
      ended.end().get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (!ended.wanted().get()) {
        LOG.info("a checkpoint that was given up has ended: {}", cause.toString());
        return;
      }
      throw new IOException(reason(cause), cause);
    }
  }

  /** The innermost message: wrappers repeat it with the names of classes. */
  private static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }

  @Override
  public void close() {
    if (thread == null) {
      return;
    }
    thread.shutdownNow();
    if (isStuck()) {
      return;
    }
    // Who clears the folder next should not find it made again, and the thread of a task that was
    // killed is interrupted already.
    boolean interrupted = Thread.interrupted();
    try {
      thread.awaitTermination(LAST_WRITE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
