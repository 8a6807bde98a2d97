package dev.lockstep.evaluation.drift;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.snapshot.DeltaHistory.Commit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which versions of a table are scored.
 *
 * @param numbers their numbers; none for those with other data, at most {@value #MOST} of them, the
 *     newest among them
 */
public record Versions(Set<Long> numbers) {
  private static final int MOST = 20;

  /** Copies the numbers. */
  public Versions {
    numbers = Set.copyOf(numbers);
  }

  /**
   * Reads numbers and ranges, such as {@code 3,5,8-12}; nothing for the usual choice.
   *
   * @throws LockstepException if it says something else
   */
  public static Versions parse(String text) {
    Set<Long> numbers = new TreeSet<>();
    for (String part : text.isBlank() ? new String[0] : text.split(",")) {
      if (!part.strip().matches("[0-9]{1,15}(-[0-9]{1,15})?")) {
        throw new LockstepException(
            "--versions has '" + part + "', which is not a version", "Write it such as 3,5,8-12");
      }
      String[] ends = part.strip().split("-");
      long last = Long.parseLong(ends[ends.length - 1]);
      for (long v = Long.parseLong(ends[0]); v <= last && numbers.size() < 10_000; v++) {
        numbers.add(v);
      }
    }
    return new Versions(numbers);
  }

  /**
   * The chosen commits after a version, oldest first.
   *
   * @throws LockstepException if a number is none of a later version
   */
  List<Commit> of(List<Commit> commits, long trained) {
    List<Commit> later =
        commits.stream()
            .filter(c -> c.version() > trained)
            .sorted(Comparator.comparingLong(Commit::version))
            .toList();
    if (numbers.isEmpty()) {
      return spread(later.stream().filter(Commit::changesRows).toList());
    }
    for (long number : numbers) {
      if (later.stream().noneMatch(c -> c.version() == number)) {
        throw new LockstepException(
            "the table has no version %d after the training version, %d".formatted(number, trained),
            later.isEmpty()
                ? "It has no later version at all"
                : "Choose from %d to %d"
                    .formatted(later.get(0).version(), later.get(later.size() - 1).version()));
      }
    }
    return later.stream().filter(c -> numbers.contains(c.version())).toList();
  }

  /** As many as are wanted, evenly, the last one among them. */
  private static List<Commit> spread(List<Commit> all) {
    if (all.size() <= MOST) {
      return all;
    }
    List<Commit> chosen = new ArrayList<>();
    for (int i = 1; i <= MOST; i++) {
      chosen.add(all.get((int) ((long) i * all.size() / MOST) - 1));
    }
    return chosen;
  }
}
