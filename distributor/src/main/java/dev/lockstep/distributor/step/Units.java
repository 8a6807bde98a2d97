package dev.lockstep.distributor.step;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import dev.lockstep.distributor.collective.Shard;
import dev.lockstep.distributor.optimizer.ParameterGroup;
import dev.lockstep.distributor.step.FlatParameters.Slot;
import dev.lockstep.models.TabularBlock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Which rank holds which of a network's trained values where they are sharded unit by unit. Every
 * unit is spread over the ranks, so that all of them send when it is gathered. A rank keeps its
 * parts of all units one after the other.
 *
 * <p>Parts begin where the blocks of {@link GradientNorm} do, so that each block's squares are
 * added by one rank, as they are without sharding. The order of the ranks turns round from unit to
 * unit: a block that lies across a border of units has one owner so.
 */
final class Units {
  private final List<Unit> all = new ArrayList<>();
  private final IdentityHashMap<Block, Unit> byBlock = new IdentityHashMap<>();
  private final int size;
  private final int held;
  private final Pieces pieces;

  /**
   * A run of values that are gathered together.
   *
   * @param index which of the units it is
   * @param isRoot whether it belongs to no block that is a unit: it is gathered for the whole step
   * @param firstSlot index of its first parameter
   * @param slots its parameters
   * @param range its place among all trained values
   * @param shards the ranks' parts, from the beginning of the range
   * @param offset where this rank's part is among those that it holds
   */
  record Unit(
      int index,
      boolean isRoot,
      int firstSlot,
      List<Slot> slots,
      Shard range,
      List<Shard> shards,
      int offset) {

    /** Number of values. */
    int length() {
      return range.length();
    }
  }

  /**
   * The units of a network.
   *
   * @param network the network
   * @param slots its trained parameters
   */
  Units(Block network, List<Slot> slots, int rank, int worldSize) {
    IdentityHashMap<Parameter, Block> owners = new IdentityHashMap<>();
    for (Block block : TabularBlock.units(network)) {
      for (Pair<String, Parameter> entry : block.getParameters()) {
        owners.putIfAbsent(entry.getValue(), block);
      }
    }
    Slot last = slots.get(slots.size() - 1);
    size = last.offset() + last.length();
    int[] edges = GradientNorm.edges(size, worldSize);
    boolean turned = false;
    int offset = 0;
    int first = 0;
    while (first < slots.size()) {
      Block owner = owners.get(slots.get(first).parameter());
      int end = first + 1;
      while (end < slots.size() && owners.get(slots.get(end).parameter()) == owner) {
        end++;
      }
      List<Slot> own = List.copyOf(slots.subList(first, end));
      Slot tail = own.get(own.size() - 1);
      Shard range = new Shard(own.get(0).offset(), tail.offset() + tail.length());
      List<Shard> shards = parts(range, edges, worldSize);
      if (turned) {
        Collections.reverse(shards);
      }
      // Who holds the last part holds what the next unit has of that block.
      turned ^= ceiling(edges, range.from()) < range.to();
      Unit unit =
          new Unit(all.size(), owner == null, first, own, range, List.copyOf(shards), offset);
      all.add(unit);
      if (owner != null && byBlock.put(owner, unit) != null) {
        throw new IllegalStateException("expected the parameters of a unit one after the other");
      }
      offset += shards.get(rank).length();
      first = end;
    }
    held = offset;
    pieces = pieces(all, rank);
  }

  /** Parts of a range that begin at edges; the first has what belongs to the block before. */
  private static List<Shard> parts(Shard range, int[] edges, int count) {
    int begin = ceiling(edges, range.from());
    List<Shard> parts = new ArrayList<>();
    int from = range.from();
    for (int part = 1; part <= count; part++) {
      int to = range.to();
      if (part < count && begin < range.to()) {
        long even = range.from() + (long) range.length() * part / count;
        to = Math.max(begin, floor(edges, (int) even));
      }
      parts.add(new Shard(from - range.from(), to - range.from()));
      from = to;
    }
    return parts;
  }

  private static int ceiling(int[] edges, int at) {
    int found = Arrays.binarySearch(edges, at);
    return edges[found >= 0 ? found : -found - 1];
  }

  private static int floor(int[] edges, int at) {
    int found = Arrays.binarySearch(edges, at);
    return edges[found >= 0 ? found : -found - 2];
  }

  /** All of them, in the order of the trained values. */
  List<Unit> all() {
    return Collections.unmodifiableList(all);
  }

  /** The unit that a block is; empty where it has no trained values. */
  Optional<Unit> of(Block block) {
    return Optional.ofNullable(byBlock.get(block));
  }

  /** Number of values of all ranks. */
  int size() {
    return size;
  }

  /** Number of values that this rank holds. */
  int held() {
    return held;
  }

  /** The places of what this rank holds among all trained values, in the order of its memory. */
  Pieces pieces() {
    return pieces;
  }

  private static Pieces pieces(List<Unit> all, int rank) {
    return new Pieces(
        all.stream()
            .map(
                unit -> {
                  Shard own = unit.shards().get(rank);
                  int from = unit.range().from();
                  return new Shard(from + own.from(), from + own.to());
                })
            .filter(piece -> piece.length() > 0)
            .toList());
  }

  /** Those parts of groups of all values that this rank holds, by their places in its memory. */
  List<ParameterGroup> held(List<ParameterGroup> groups) {
    List<ParameterGroup> own = new ArrayList<>();
    int offset = 0;
    for (Shard piece : pieces.all()) {
      for (ParameterGroup group : groups) {
        int from = Math.max(group.from(), piece.from());
        int to = Math.min(group.to(), piece.to());
        if (from < to) {
          int shift = offset - piece.from();
          own.add(
              new ParameterGroup(
                  from + shift, to + shift, group.weightDecay(), group.rateFactor()));
        }
      }
      offset += piece.length();
    }
    return own;
  }
}
