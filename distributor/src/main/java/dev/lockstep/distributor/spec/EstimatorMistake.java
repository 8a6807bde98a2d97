package dev.lockstep.distributor.spec;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import dev.lockstep.models.UnknownNameException;

/** What an estimator's own check finds wrong, as the mistake of who wrote the experiment file. */
public final class EstimatorMistake {
  private EstimatorMistake() {}

  /**
   * The mistake.
   *
   * @param e what the check says
   * @param key the key of the file, such as {@code model}
   */
  public static LockstepException of(IllegalArgumentException e, String key) {
    String nearest =
        e instanceof UnknownNameException unknown && !unknown.known().isEmpty()
            ? "Did you mean '%s'? ".formatted(Names.nearest(unknown.name(), unknown.known()))
            : "";
    return new LockstepException(
        e.getMessage(), "%sChange '%s' in the experiment file".formatted(nearest, key), e);
  }
}
