package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.distributor.saved.SavedModel;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * A network that was finished before its run was cut off.
 *
 * @param folder its folder
 * @param file name of the file that is written when it is finished
 */
record FinishedNetwork(ModelFolder folder, String file) {
  /**
   * Checks that it is there, whole, and the one that the file tells of.
   *
   * @param weightsSha256 SHA-256 of its weights
   * @throws LockstepException if it is not, with what lets the run be resumed
   */
  void verify(String weightsSha256, Configuration hadoop) {
    String model = folder.path() + "/model";
    try {
      SavedModel.verify(model, Optional.of(weightsSha256), hadoop);
    } catch (LockstepException e) {
      throw new LockstepException(
          e.problem(),
          "Restore the folder from a copy, or delete it and %s/%s to train the network again"
              .formatted(folder.path(), file),
          e);
    }
  }
}
