package dev.lockstep.distributor.rows;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Gathers the batches ahead of the step that needs them, on a thread of its own. */
public final class BatchReader implements AutoCloseable {
  private static final int AHEAD = 3;

  private final BlockingQueue<Batch> ready = new ArrayBlockingQueue<>(AHEAD);
  private final BlockingQueue<Batch> free = new ArrayBlockingQueue<>(AHEAD);
  private final Thread thread;
  private volatile RuntimeException failure;
  private final Batch end;
  private long waitedNanos;

  /**
   * Starts reading.
   *
   * @param rankRows the rank's rows; must stay open until this reader is closed
   * @param plan which rows belong to which step
   * @param firstEpoch the epoch to begin with
   * @param firstStep the step of that epoch to begin with
   * @param epochs number of epochs of the run
   * @param name name of the thread
   */
  public BatchReader(
      RankRows rankRows, BatchPlan plan, int firstEpoch, int firstStep, int epochs, String name) {
    int capacity = Math.max(plan.capacity(rankRows.train()), 1);
    for (int i = 0; i < AHEAD; i++) {
      free.add(rankRows.newBatch(capacity));
    }
    end = new Batch(1, 0, 0, 0, 0);
    thread = new Thread(() -> read(rankRows, plan, firstEpoch, firstStep, epochs), name);
    thread.setDaemon(true);
    thread.start();
  }

  private void read(RankRows rankRows, BatchPlan plan, int firstEpoch, int first, int epochs) {
    try {
      for (int epoch = firstEpoch; epoch < epochs; epoch++) {
        for (int step = epoch == firstEpoch ? first : 0; step < plan.steps(); step++) {
          Batch batch = free.take();
          plan.fill(batch, rankRows, epoch, step);
          ready.put(batch);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Closed: nobody waits for more.
    } catch (RuntimeException e) {
      failure = e;
      ready.offer(end);
    }
  }

  /** The next batch, valid until it is given back. */
  public Batch next() throws InterruptedException {
    long from = System.nanoTime();
    Batch batch = ready.take();
    waitedNanos += System.nanoTime() - from;
    if (batch == end) {
      throw new IllegalStateException("reading batches failed", failure);
    }
    return batch;
  }

  /** Lets a batch's buffers be filled again. */
  public void giveBack(Batch batch) {
    free.add(batch);
  }

  /** Time that {@link #next} has waited, in nanoseconds. */
  public long waitedNanos() {
    return waitedNanos;
  }

  /** Stops and waits for the thread, so that the rows can be unmapped. */
  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
