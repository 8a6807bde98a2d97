package dev.lockstep.distributor.loop;

import dev.lockstep.distributor.collective.Collective;

/**
 * Tells the other ranks that this one is well while something works that has time limits of its
 * own, such as Spark's shuffle.
 */
final class KeepAlive {
  private static final long EVERY_MILLIS = 1000;

  private KeepAlive() {}

  /** Something that takes its time and may fail. */
  interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /** Does the work on this thread while another one says that all is well. */
  static <T, E extends Exception> T during(Collective collective, Work<T, E> work) throws E {
    Thread thread = new Thread(() -> speak(collective), "lockstep-alive-" + collective.rank());
    thread.setDaemon(true);
    thread.start();
    try {
      return work.run();
    } finally {
      thread.interrupt();
    }
  }

  private static void speak(Collective collective) {
    try {
      while (true) {
        collective.progress();
        Thread.sleep(EVERY_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The work is done.
    }
  }
}
