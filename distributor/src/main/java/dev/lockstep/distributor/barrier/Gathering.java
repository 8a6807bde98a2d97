package dev.lockstep.distributor.barrier;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Brings together on the driver what each rank has to tell the others. Spark's own {@code
 * BarrierTaskContext.allGather} has a rank sleep for a whole second before it looks for the others'
 * words.
 */
final class Gathering {
  private final Map<Integer, Round> rounds = new HashMap<>();

  /** What was told in a round, and whom to tell when it is complete. */
  private record Round(SortedMap<Integer, String> told, List<Consumer<String[]>> replies) {}

  /**
   * Takes one rank's words of a round.
   *
   * @param round how often the ranks have come together before
   * @param reply gets the words of all ranks, in their order, once all have come
   */
  void add(int round, int rank, int worldSize, String text, Consumer<String[]> reply) {
    Round current =
        rounds.computeIfAbsent(round, r -> new Round(new TreeMap<>(), new ArrayList<>()));
    current.told.put(rank, text);
    current.replies.add(reply);
    if (current.replies.size() == worldSize) {
      rounds.remove(round);
      String[] all = current.told.values().toArray(String[]::new);
      current.replies.forEach(waiting -> waiting.accept(all));
    }
  }
}
