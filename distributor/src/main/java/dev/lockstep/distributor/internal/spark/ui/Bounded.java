package dev.lockstep.distributor.internal.spark.ui;

import java.util.ArrayList;
import java.util.List;

/** Lists that keep their newest elements. */
final class Bounded {
  private Bounded() {}

  static <T> List<T> add(List<T> list, T element, int most) {
    List<T> longer = new ArrayList<>(list);
    longer.add(element);
    return List.copyOf(longer.subList(Math.max(0, longer.size() - most), longer.size()));
  }
}
