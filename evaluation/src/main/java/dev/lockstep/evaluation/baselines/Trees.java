package dev.lockstep.evaluation.baselines;

import java.util.List;

/**
 * How many trees a boosted model kept: the first ones, up to the least loss on the validation
 * split; all of them without validation rows.
 *
 * @param asked trees that were fitted, as the option {@code trees} says
 * @param kept trees that were kept; one number a class where each class has trees of its own
 */
public record Trees(int asked, List<Integer> kept) {
  /** Copies the list. */
  public Trees {
    kept = List.copyOf(kept);
    if (kept.isEmpty() || kept.stream().anyMatch(k -> k < 1 || k > asked)) {
      throw new IllegalArgumentException("expected 1 to " + asked + " trees, got " + kept);
    }
  }

  /** In words: {@code 42 of 60}, or {@code 85 of 180} over three classes. */
  @Override
  public String toString() {
    int sum = kept.stream().mapToInt(Integer::intValue).sum();
    return "%d of %d".formatted(sum, asked * kept.size());
  }
}
