package dev.lockstep.distributor.step;

import dev.lockstep.distributor.collective.Shard;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * The places of an array's values among all trained values of a network.
 *
 * @param all runs of places, in the order of the array
 */
public record Pieces(List<Shard> all) {
  /** Copies the list. */
  public Pieces {
    all = List.copyOf(all);
  }

  /** One run. */
  public static Pieces of(Shard run) {
    return new Pieces(List.of(run));
  }

  /** Number of values. */
  public int length() {
    return all.stream().mapToInt(Shard::length).sum();
  }

  /**
   * Copies the values of the places that two arrays have both.
   *
   * @param from an array of these pieces
   * @param others the pieces of the other array
   * @param to the other array
   */
  public void copy(FloatBuffer from, Pieces others, FloatBuffer to) {
    int at = 0;
    for (Shard piece : all) {
      int other = 0;
      for (Shard target : others.all) {
        int first = Math.max(piece.from(), target.from());
        int last = Math.min(piece.to(), target.to());
        if (first < last) {
          to.put(other + first - target.from(), from, at + first - piece.from(), last - first);
        }
        other += target.length();
      }
      at += piece.length();
    }
  }
}
