package dev.lockstep.distributor.preflight;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.Sharding;
import dev.lockstep.distributor.spec.Training;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.ModelFamily;
import dev.lockstep.models.Networks;
import dev.lockstep.models.TabularBlock;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * What a rank holds of a network, at least: as if it had one feature, for embeddings are not known
 * before the data are read.
 *
 * @param network the network's name
 * @param arrays bytes of parameters, their gradients and the best epoch's parameters, as libtorch
 *     and the ranks' exchange have them
 * @param heap bytes of the optimizer's state, on Java's heap
 * @param ranks number of its ranks
 * @param canShard whether full sharding would divide it further
 */
public record NetworkMemory(String network, long arrays, long heap, int ranks, boolean canShard) {
  /** Of a network; empty for one that cannot be built, which others will say. */
  static Optional<NetworkMemory> of(Network network) {
    FeatureSchema schema = new FeatureSchema(1, List.of(List.of(-1f, 0f, 1f)), List.of());
    try {
      return Optional.of(of(network, Networks.build(network.spec(), schema, 1)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static NetworkMemory of(Network network, Block block) {
    long all = bytes(List.of(block));
    Training training = network.training();
    int ranks = training.parallelism().ranks();
    long state =
        switch (training.optimizer()) {
          case ADAMW -> 2 * all;
          case SGD -> all;
        };
    Sharding sharding = training.parallelism().sharding();
    long divided = sharding == Sharding.NONE ? state : state / ranks;
    if (sharding != Sharding.FULL) {
      boolean more = ranks > 1 && ModelFamily.named(network.name()).hasUnits();
      return new NetworkMemory(network.name(), 3 * all, divided, ranks, more);
    }
    List<Block> units = TabularBlock.units(block);
    long largest = units.stream().mapToLong(unit -> bytes(List.of(unit))).max().orElse(0);
    long roots = all - bytes(units);
    long whole = training.batch().parts() > 1 ? all : 0;
    long arrays = 3 * all / ranks + 2 * (largest + roots) + whole;
    return new NetworkMemory(network.name(), arrays, divided, ranks, false);
  }

  /** Those of parameters whose shapes are known before any data are. */
  private static long bytes(List<Block> blocks) {
    Set<Parameter> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    blocks.forEach(block -> seen.addAll(block.getParameters().values()));
    return seen.stream()
            .filter(Parameter::requiresGradient)
            .map(Parameter::getShape)
            .filter(shape -> shape != null && LongStream.of(shape.getShape()).allMatch(d -> d >= 0))
            .mapToLong(Shape::size)
            .sum()
        * Float.BYTES;
  }
}
