package dev.lockstep.ml;

import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.models.ModelCard;
import java.util.List;

/** What the models of classes and of numbers tell of their networks. */
public interface NetworkModel {
  /**
   * What the model is made of.
   *
   * @throws IllegalStateException if it has no network, as only Spark Connect's server makes one
   */
  FittedNetwork fitted();

  /** What the network is, and the SHA-256 of its weights. */
  default ModelCard card() {
    return fitted().card();
  }

  /** What was learned of the features. */
  default FeatureModel features() {
    return fitted().features();
  }

  /** What each epoch came to. */
  default List<EpochReport> history() {
    return fitted().record().history();
  }

  /** The epoch whose weights were kept, from 1. */
  default int bestEpoch() {
    return fitted().record().bestEpoch();
  }

  /** The Delta tables that were trained on, and their versions. */
  default List<PinnedTable> tables() {
    return fitted().record().tables();
  }
}
