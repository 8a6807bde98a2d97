package dev.lockstep.data.ingest;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Rows of a file that do not have as many fields as there are columns. */
final class Misfits implements Serializable {
  private static final int KEPT = 5;

  private final List<Misfit> first = new ArrayList<>();
  private long count;

  private record Misfit(String file, long line, int width) implements Serializable {}

  void add(String file, long line, int width) {
    count++;
    if (first.size() < KEPT) {
      first.add(new Misfit(file, line, width));
    }
  }

  void merge(Misfits later) {
    count += later.count;
    later.first.stream().limit(KEPT - first.size()).forEach(first::add);
  }

  long count() {
    return count;
  }

  /**
   * The first ones by line.
   *
   * @param named whether each is called by its file, too
   */
  String text(boolean named) {
    String some =
        first.stream()
            .map(
                m ->
                    "line %d%s has %d"
                        .formatted(m.line(), named ? " of " + m.file() : "", m.width()))
            .collect(Collectors.joining(", "));
    return count > first.size() ? some + ", and so on" : some;
  }
}
