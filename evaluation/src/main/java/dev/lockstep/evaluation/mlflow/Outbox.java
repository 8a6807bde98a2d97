package dev.lockstep.evaluation.mlflow;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Makes calls one after the other in a thread of its own, so that no rank and no training waits for
 * a server. After the first one that fails it makes no more, but for those that end runs, and says
 * why, once.
 */
final class Outbox {
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

  private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private final Consumer<RuntimeException> failure;
  private final Thread thread = new Thread(this::work, "mlflow");
  private volatile boolean failed;

  /**
   * A call.
   *
   * @param always whether it is made even if one before it failed
   * @param last whether it is the last one
   */
  private record Call(Runnable work, boolean always, boolean last) {}

  /**
   * An outbox that is open.
   *
   * @param failure hears of the first failure, from the thread of this outbox
   */
  Outbox(Consumer<RuntimeException> failure) {
    this.failure = failure;
    thread.setDaemon(true);
    thread.start();
  }

  /** Makes a call when those before are made. */
  void send(Runnable call) {
    calls.add(new Call(call, false, false));
  }

  /** As {@link #send}, even if a call has failed. */
  void sendAnyway(Runnable call) {
    calls.add(new Call(call, true, false));
  }

  /**
   * Waits until all calls are made, and takes no more.
   *
   * @param limit how long; after a failure ten seconds at most
   */
  void close(Duration limit) {
    calls.add(new Call(() -> {}, true, true));
    Duration wait = failed && limit.compareTo(AFTER_FAILURE) > 0 ? AFTER_FAILURE : limit;
    try {
      thread.join(wait.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.interrupt();
  }

  private void work() {
    try {
      boolean last = false;
      while (!last) {
        Call call = calls.take();
        make(call);
        last = call.last();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The limit is over: what is left is not sent.
    }
  }

  private void make(Call call) {
    if (failed && !call.always()) {
      return;
    }
    try {
      call.work().run();
    } catch (RuntimeException e) {
      if (!failed) {
        failed = true;
        failure.accept(e);
      }
    }
  }
}
