package dev.lockstep.data.features;

import dev.lockstep.data.split.Split;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the rows of all splits are like.
 *
 * @param rows number of rows by what their column says of the split; a missing word is empty
 * @param unlabelled rows without a label, or with one that is no {@link LabelLayout#isNumber} where
 *     it must be
 * @param unsound rows with a weight that is not positive and finite, or a number that is not finite
 * @param trainLabels the classes of the train split
 * @param otherLabels the classes of the other splits; like those of the train split, some of them
 *     where there are very many
 */
public record Tally(
    Map<String, Long> rows,
    long unlabelled,
    long unsound,
    SortedSet<String> trainLabels,
    SortedSet<String> otherLabels)
    implements Serializable {

  /** All parts' together. */
  static Tally sum(List<Tally> parts) {
    Map<String, Long> rows = new HashMap<>();
    TreeSet<String> trainLabels = new TreeSet<>();
    TreeSet<String> otherLabels = new TreeSet<>();
    for (Tally part : parts) {
      part.rows.forEach((split, n) -> rows.merge(split, n, Long::sum));
      trainLabels.addAll(part.trainLabels);
      otherLabels.addAll(part.otherLabels);
    }
    return new Tally(
        rows,
        parts.stream().mapToLong(Tally::unlabelled).sum(),
        parts.stream().mapToLong(Tally::unsound).sum(),
        trainLabels,
        otherLabels);
  }

  /** Number of rows of the train split. */
  long trainRows() {
    return rows.getOrDefault(Split.TRAIN.column(), 0L);
  }
}
