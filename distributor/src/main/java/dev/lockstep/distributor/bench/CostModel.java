package dev.lockstep.distributor.bench;

import dev.lockstep.distributor.collective.Precision;
import java.util.OptionalInt;

/**
 * Time of a training step on paper, with the same rows a rank on any number of ranks. A step has
 * three trips: sums of losses and weights, gradients to the owners of their shards, parameters back
 * to all. Of both a rank sends the shards that are not its own.
 *
 * @param computeMs time of a step of a rank alone
 * @param parameters number of parameters
 * @param gradients how gradients travel
 */
public record CostModel(double computeMs, long parameters, Precision gradients) {
  private static final int TRIPS = 3;

  /** Time of a step that goes into communication. */
  public double communicationMs(int ranks, Link link) {
    if (ranks == 1) {
      return 0;
    }
    double others = (ranks - 1) / (double) ranks;
    int bytes = Float.BYTES + (gradients == Precision.FLOAT32 ? Float.BYTES : Short.BYTES);
    return TRIPS * link.trip(ranks) + others * parameters * bytes / link.bytesPerMs();
  }

  /** Time of a step. */
  public double stepMs(int ranks, Link link) {
    return computeMs + communicationMs(ranks, link);
  }

  /** The first power of two of ranks at which communication takes more than half of a step. */
  public OptionalInt dominatedFrom(Link link, int most) {
    for (int ranks = 2; ranks <= most; ranks *= 2) {
      if (communicationMs(ranks, link) > computeMs) {
        return OptionalInt.of(ranks);
      }
    }
    return OptionalInt.empty();
  }
}
