package dev.lockstep.distributor.preflight;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.Sharding;
import dev.lockstep.distributor.spec.Training;
import dev.lockstep.models.FeatureSchema;
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
 * @param sharding what is sharded
 */
public record NetworkMemory(String network, long arrays, long heap, Sharding sharding) {
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
    return switch (sharding) {
      case NONE -> new NetworkMemory(network.name(), 3 * all, state, sharding);
      case OPTIMIZER -> new NetworkMemory(network.name(), 3 * all, state / ranks, sharding);
      case FULL -> {
        List<Block> units = TabularBlock.units(block);
        long largest = units.stream().mapToLong(unit -> bytes(List.of(unit))).max().orElse(0);
        long roots = all - bytes(units);
        yield new NetworkMemory(
            network.name(), 3 * all / ranks + 2 * (largest + roots), state / ranks, sharding);
      }
    };
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
