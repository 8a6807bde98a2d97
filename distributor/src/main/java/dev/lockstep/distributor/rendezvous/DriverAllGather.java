package dev.lockstep.distributor.rendezvous;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Brings together on the driver what each rank has to tell the others. Spark's own {@code
 * BarrierTaskContext.allGather} has a rank sleep for a whole second before it looks for the others'
 * words. A rank waits for all before it tells something again, so no two rounds overlap.
 */
final class DriverAllGather {
  private final int worldSize;
  private final SortedMap<Integer, String> told = new TreeMap<>();
  private final List<Consumer<String[]>> waiting = new ArrayList<>();

  DriverAllGather(int worldSize) {
    this.worldSize = worldSize;
  }

  /**
   * Takes one rank's words.
   *
   * @param reply gets the words of all ranks, in their order, once all have come
   */
  void add(int rank, String words, Consumer<String[]> reply) {
    told.put(rank, words);
    waiting.add(reply);
    if (waiting.size() == worldSize) {
      String[] all = told.values().toArray(String[]::new);
      List<Consumer<String[]>> replies = List.copyOf(waiting);
      told.clear();
      waiting.clear();
      replies.forEach(r -> r.accept(all));
    }
  }
}
