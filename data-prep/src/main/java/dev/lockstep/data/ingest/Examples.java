package dev.lockstep.data.ingest;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/** How many values there are of some kind, and the first few of them with their counts. */
final class Examples implements Serializable {
  private static final int KEPT = 3;

  private final Map<String, Long> first = new LinkedHashMap<>();
  private long count;

  void add(String value) {
    add(value, 1);
  }

  private void add(String value, long times) {
    count += times;
    if (first.size() < KEPT || first.containsKey(value)) {
      first.merge(value, times, Long::sum);
    }
  }

  /** Adds what was counted of later rows. */
  void merge(Examples later) {
    long unseen = later.count - later.first.values().stream().mapToLong(n -> n).sum();
    later.first.forEach(this::add);
    count += unseen;
  }

  long count() {
    return count;
  }

  /** The first one. */
  String first() {
    return first.keySet().iterator().next();
  }

  /** The first ones, with their counts. */
  Map<String, Long> some() {
    return first;
  }
}
