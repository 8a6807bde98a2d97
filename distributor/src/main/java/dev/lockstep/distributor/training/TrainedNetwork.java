package dev.lockstep.distributor.training;

import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.models.PortableNetwork;
import java.util.List;

/**
 * A trained network on the driver.
 *
 * @param network the network
 * @param bestEpoch the epoch whose weights were kept, from 1
 * @param history what each epoch came to
 */
public record TrainedNetwork(PortableNetwork network, int bestEpoch, List<EpochReport> history) {
  /** Copies the list. */
  public TrainedNetwork {
    history = List.copyOf(history);
  }
}
