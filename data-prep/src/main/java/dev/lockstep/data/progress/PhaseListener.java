package dev.lockstep.data.progress;

import java.util.function.Supplier;

/** What a program hears of the phases of a piece of work; called from any thread, one at a time. */
@FunctionalInterface
public interface PhaseListener {
  /** Hears nothing. */
  PhaseListener NONE = phase -> {};

  /**
   * A phase begins, goes on or ends. A new name begins a new phase; a phase that succeeds ends with
   * all of it done, one that fails does not.
   */
  void progressed(Phase phase);

  /** Does work that is a phase of which nobody knows how much there is to do. */
  default <T> T during(String name, Supplier<T> work) {
    progressed(Phase.begun(name));
    T result = work.get();
    progressed(Phase.ended(name));
    return result;
  }

  /** Does work that has no result, as {@link #during(String, Supplier)}. */
  default void during(String name, Runnable work) {
    progressed(Phase.begun(name));
    work.run();
    progressed(Phase.ended(name));
  }
}
