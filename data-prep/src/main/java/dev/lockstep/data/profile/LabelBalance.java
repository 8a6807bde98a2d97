package dev.lockstep.data.profile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The label, split by split.
 *
 * @param classes the classes; empty for regression
 * @param rows rows by split and class, or by split and bin of the label's histogram
 */
public record LabelBalance(List<String> classes, Map<String, List<Long>> rows) {
  /** Copies the collections; their order stays. */
  public LabelBalance {
    classes = List.copyOf(classes);
    Map<String, List<Long>> copied = new LinkedHashMap<>();
    rows.forEach((split, counts) -> copied.put(split, List.copyOf(counts)));
    rows = Collections.unmodifiableMap(copied);
  }

  /** The share of a class or bin among the rows of a split; 0 in a split without rows. */
  public double share(String split, int part) {
    List<Long> counts = rows.get(split);
    long all = counts.stream().mapToLong(n -> n).sum();
    return all == 0 ? 0 : counts.get(part) / (double) all;
  }
}
