package dev.lockstep.distributor.experiment;

import dev.lockstep.data.spec.FoldSpec;
import dev.lockstep.data.spec.SplitSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Several splits of one table: cross-validation, repeated. Features, tuning and training are done
 * anew for each.
 *
 * @param repeats how often the table is cut into folds, 1 by default
 * @param folds how many folds it is cut into, each the test split once
 */
public record SplitsSpec(Integer repeats, Integer folds) {
  private static final int MOST = 1000;

  /** Fills in what is not said and checks the numbers. */
  public SplitsSpec {
    repeats = repeats == null ? 1 : repeats;
    if (folds == null || folds < 2 || repeats < 1 || (long) repeats * folds > MOST) {
      throw new IllegalArgumentException(
          "splits.folds is %s and splits.repeats %s; expected 2 folds or more, 1 repeat or more, and at most %d splits"
              .formatted(folds, repeats, MOST));
    }
  }

  /**
   * All of them, repeat by repeat.
   *
   * @param byClass whether each fold is to have the classes' shares
   * @throws IllegalArgumentException if the given one says another test split
   */
  List<SplitSpec> of(SplitSpec given, boolean byClass) {
    List<SplitSpec> all = new ArrayList<>();
    for (int repeat = 0; repeat < repeats; repeat++) {
      for (int fold = 1; fold <= folds; fold++) {
        all.add(given.withFold(new FoldSpec(fold, folds), repeat, byClass));
      }
    }
    return all;
  }
}
