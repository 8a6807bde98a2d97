package dev.lockstep.data.recipe;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.snapshot.DeltaHistory;

/**
 * Where a recipe's table goes, and how.
 *
 * @param out path of the feature table
 * @param full whether it is rebuilt even if it could be updated
 * @param evolve whether its columns may change
 */
public record PrepareOptions(String out, boolean full, boolean evolve) {
  /** Needs a path. */
  public PrepareOptions {
    if (out == null) {
      throw new LockstepException(
          "nothing says where the feature table goes", "Give --out DIR, or 'output' in the recipe");
    }
    if (!DeltaHistory.isPath(out)) {
      throw new LockstepException(
          "'" + out + "' is not a path", "A feature table is a folder: write it such as ./" + out);
    }
  }
}
