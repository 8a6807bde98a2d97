package dev.lockstep.evaluation.cli;

import dev.lockstep.data.progress.Phase;
import java.time.Duration;
import java.util.Optional;

/**
 * A phase over time.
 *
 * @param phase what was heard of it last
 * @param share the largest share that was heard of: what is done stays done, though more work may
 *     turn up
 * @param first the share at its beginning, as a resumed phase does not begin at none
 * @param elapsed the time since it began
 */
record Pace(Phase phase, double share, double first, Duration elapsed) {
  /** What is known before says little of what is to come. */
  private static final Duration SOON = Duration.ofSeconds(3);

  private static final double LITTLE = 0.02;

  /** Work that nobody foresaw may be all that is left. */
  private static final double NEARLY_ALL = 0.99;

  /** A phase that begins. */
  static Pace of(Phase phase) {
    return new Pace(phase, phase.share(), phase.share(), Duration.ZERO);
  }

  /** The phase as it is some time after it began. */
  Pace after(Duration time) {
    return new Pace(phase, share, first, time);
  }

  /** What was heard of the phase since. */
  Pace with(Phase later) {
    return new Pace(later, Math.max(share, later.share()), first, elapsed);
  }

  /** The time until it ends, if it goes on as it did; empty before that means something. */
  Optional<Duration> remaining() {
    if (share - first < LITTLE || share >= NEARLY_ALL || elapsed.compareTo(SOON) < 0) {
      return Optional.empty();
    }
    double seconds = elapsed.toMillis() / 1e3 * (1 - share) / (share - first);
    return Optional.of(Duration.ofSeconds(Math.round(seconds)));
  }
}
