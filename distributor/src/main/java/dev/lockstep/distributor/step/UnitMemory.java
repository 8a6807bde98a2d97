package dev.lockstep.distributor.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.Precision;
import dev.lockstep.distributor.collective.Shard;
import dev.lockstep.distributor.step.FlatParameters.Slot;
import dev.lockstep.distributor.step.Units.Unit;
import dev.lockstep.models.Weights;
import dev.lockstep.models.engine.Autograd;
import dev.lockstep.models.engine.Libtorch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A rank's memory for units: one unit as a whole, the parameters that belong to none, and this
 * rank's part of the gradient.
 *
 * <p>Where a core is free, the next unit is gathered while this one computes, by a thread of its
 * own and into a second place. The ranks' calls have one order all the same: whoever talks to the
 * other ranks during a step calls {@link #await} first.
 *
 * <p>A unit's gradient takes the place of its parameters before it is summed over the ranks. With
 * several parts a step the whole gradient is kept until the last, so that the ranks' sums are added
 * in the same order as without sharding.
 */
final class UnitMemory implements AutoCloseable {
  /** Floats in 64 bytes: values lie as in one flat array, for libtorch may add them otherwise. */
  private static final int ALIGNMENT = 16;

  private static final int NONE = -1;

  private final FlatParameters parameters;
  private final Units units;
  private final Collective collective;
  private final Precision sent;
  private final ByteBuffer[] places;
  private final ByteBuffer gradient;
  private final PtNDArray whole;
  private final boolean[] begun;
  private final long unitBytes;

  /** The units that belong to blocks, in their order, and the index of that which a place has. */
  private final List<Unit> blocks;

  /** Which of those a unit is. */
  private final int[] order;

  private final int[] gathered;

  /** Gathers ahead; null where no core is free for it. */
  private final ExecutorService thread;

  private Future<?> pending;

  /**
   * Takes the memory.
   *
   * @param sent how gradients travel
   * @param parts in how many parts a rank's rows of a step go through the network
   * @param ahead whether the next unit is gathered while one computes; the same on all ranks
   * @param manager owns the memory
   */
  UnitMemory(
      FlatParameters parameters,
      Collective collective,
      Precision sent,
      int parts,
      boolean ahead,
      NDManager manager) {
    this.parameters = parameters;
    this.units = parameters.units().orElseThrow();
    this.collective = collective;
    this.sent = sent;
    long largest = 0;
    long roots = 0;
    for (Unit unit : units.all()) {
      long room = room(unit);
      largest = Math.max(largest, unit.isRoot() ? 0 : room);
      roots += unit.isRoot() ? room : 0;
    }
    FlatParameters.requireRoom(largest, "in one unit");
    FlatParameters.requireRoom(roots, "outside of units");
    if (parts > 1) {
      FlatParameters.requireRoom(units.size(), "whose gradient it keeps for 'accumulate'");
    }
    this.blocks = units.all().stream().filter(unit -> !unit.isRoot()).toList();
    this.order = new int[units.all().size()];
    for (int i = 0; i < blocks.size(); i++) {
      order[blocks.get(i).index()] = i;
    }
    this.gathered = new int[ahead ? 2 : 1];
    ByteBuffer[] ofBlocks = new ByteBuffer[gathered.length];
    for (int i = 0; i < ofBlocks.length; i++) {
      ofBlocks[i] = Libtorch.memory(manager.zeros(new Shape(Math.max(largest, 1L))));
    }
    ByteBuffer root = Libtorch.memory(manager.zeros(new Shape(Math.max(roots, 1L))));
    this.unitBytes = ((ofBlocks.length + 1L) * largest + 2L * roots) * Float.BYTES;
    this.places = new ByteBuffer[units.all().size()];
    int at = 0;
    for (int i = 0; i < places.length; i++) {
      Unit unit = units.all().get(i);
      if (unit.isRoot()) {
        places[i] = place(unit, root, at);
        at += (int) room(unit);
      } else {
        places[i] = place(unit, ofBlocks[which(unit)], 0);
      }
    }
    this.gradient =
        Libtorch.memory(manager.zeros(new Shape(Math.max(units.held(), 1))))
            .limit(units.held() * Float.BYTES);
    this.whole = parts == 1 ? null : (PtNDArray) manager.zeros(new Shape(units.size()));
    this.begun = new boolean[places.length];
    String name = "lockstep-gather-" + collective.rank();
    this.thread =
        ahead
            ? Executors.newSingleThreadExecutor(
                work -> {
                  Thread made = new Thread(work, name);
                  made.setDaemon(true);
                  return made;
                })
            : null;
  }

  /** Neighbours have different places, if there are two. */
  private int which(Unit unit) {
    return order[unit.index()] % gathered.length;
  }

  private static long room(Unit unit) {
    long end = (long) unit.range().from() % ALIGNMENT + unit.length();
    return (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static ByteBuffer place(Unit unit, ByteBuffer memory, int at) {
    int first = at + unit.range().from() % ALIGNMENT;
    return memory
        .slice(first * Float.BYTES, unit.length() * Float.BYTES)
        .order(ByteOrder.nativeOrder());
  }

  private ByteBuffer place(Unit unit) {
    return places[unit.index()].duplicate().order(ByteOrder.nativeOrder());
  }

  /**
   * Bytes of the places for units, one or, where units are gathered ahead, two, and of one unit's
   * gradient; and of the parameters of no unit with theirs.
   */
  long unitBytes() {
    return unitBytes;
  }

  /** Bytes of the gradient of all parameters, where a step has several parts; else 0. */
  long wholeGradientBytes() {
    return whole == null ? 0 : whole.size() * Float.BYTES;
  }

  /** The units. */
  Units units() {
    return units;
  }

  /**
   * Begins a pass over the network with the values that the ranks hold now.
   *
   * @param manager owns the arrays
   * @param watched whether gradients are wanted
   * @return an array for each parameter that belongs to no unit, null for the others
   */
  NDArray[] begin(NDManager manager, boolean watched) {
    NDArray[] values = new NDArray[parameters.trained().size()];
    gatherRoots();
    Arrays.fill(begun, false);
    for (Unit unit : units.all()) {
      if (unit.isRoot()) {
        show(unit, manager, values, watched);
      }
    }
    return values;
  }

  private void gatherRoots() {
    await();
    Arrays.fill(gathered, NONE);
    for (Unit unit : units.all()) {
      if (unit.isRoot()) {
        gatherInto(unit);
      }
    }
  }

  private void gatherInto(Unit unit) {
    ByteBuffer place = place(unit);
    Shard own = unit.shards().get(collective.rank());
    FloatBuffer held = parameters.values().asFloatBuffer();
    place.asFloatBuffer().put(own.from(), held, unit.offset(), own.length());
    collective.allGather(place, unit.shards());
  }

  /**
   * Gathers the parameters of a unit, in the place of one that was gathered before.
   *
   * @param next where the next unit is: 1 for the one after this, -1 for the one before
   */
  void gather(Unit unit, int next) {
    await();
    load(unit);
    int other = order[unit.index()] + next;
    if (thread != null && other >= 0 && other < blocks.size()) {
      pending = thread.submit(() -> load(blocks.get(other)));
    }
  }

  private void load(Unit unit) {
    if (gathered[which(unit)] != unit.index()) { // Forward may have left it there for backward.
      gatherInto(unit);
      gathered[which(unit)] = unit.index();
    }
  }

  /**
   * Waits until no other thread talks to the other ranks.
   *
   * @throws CancellationException if this rank is to end meanwhile
   */
  void await() {
    if (pending == null) {
      return;
    }
    try {
      pending.get();
      pending = null;
    } catch (InterruptedException e) {
      pending.cancel(true);
      Thread.currentThread().interrupt();
      throw new CancellationException("rank " + collective.rank() + " was interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /**
   * Arrays over the parameters of a unit that is gathered.
   *
   * @param manager owns them
   * @param values takes them, at the indices of the parameters
   * @param watched whether their gradients are wanted
   */
  void show(Unit unit, NDManager manager, NDArray[] values, boolean watched) {
    ByteBuffer place = place(unit);
    List<Slot> slots = unit.slots();
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      if (slot.length() == 0) {
        continue; // It stands for a table whose rows are sharded.
      }
      Shape shape = slot.parameter().getArray().getShape();
      PtNDArray array = Autograd.over(manager, part(unit, slot, place), shape, DataType.FLOAT32);
      if (watched) {
        Autograd.watch(array);
      }
      values[unit.firstSlot() + i] = array;
    }
  }

  private static ByteBuffer part(Unit unit, Slot slot, ByteBuffer place) {
    int at = slot.offset() - unit.range().from();
    return place
        .slice(at * Float.BYTES, slot.length() * Float.BYTES)
        .order(ByteOrder.nativeOrder());
  }

  /**
   * Takes the gradients that backward has left at the arrays of a unit, which are of no use
   * afterwards; all ranks call it together.
   *
   * @param values the arrays, at the indices of the parameters
   */
  void take(Unit unit, NDArray[] values) {
    ByteBuffer place = place(unit);
    List<Slot> slots = unit.slots();
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      NDArray array = values[unit.firstSlot() + i];
      if (array == null) {
        continue;
      }
      PtNDArray found = Autograd.gradient(array);
      ByteBuffer part = part(unit, slot, place);
      if (found == null) { // The output does not depend on it.
        part.put(new byte[part.remaining()]);
      } else {
        part.put(Libtorch.memory(found));
        found.close();
      }
    }
    if (!unit.isRoot()) {
      gathered[which(unit)] = NONE;
    }
    if (whole == null || unit.isRoot()) {
      sum(unit);
    } else {
      add(unit);
    }
  }

  private void sum(Unit unit) {
    await();
    ByteBuffer place = place(unit);
    collective.reduceScatter(place, unit.shards(), sent);
    Shard own = unit.shards().get(collective.rank());
    gradient.asFloatBuffer().put(unit.offset(), place.asFloatBuffer(), own.from(), own.length());
  }

  private void add(Unit unit) {
    FloatBuffer place = place(unit).asFloatBuffer();
    FloatBuffer sums = Libtorch.memory(whole).asFloatBuffer();
    int from = unit.range().from();
    if (!begun[unit.index()]) {
      sums.put(from, place, 0, unit.length());
    } else {
      for (int i = 0; i < unit.length(); i++) {
        sums.put(from + i, sums.get(from + i) + place.get(i));
      }
    }
    begun[unit.index()] = true;
  }

  /**
   * This rank's part of the summed gradient, after backward has gone through all units; all ranks
   * call it together.
   *
   * @param values what {@link #begin} has given
   */
  ByteBuffer gradient(NDArray[] values) {
    for (Unit unit : units.all()) {
      if (unit.isRoot()) {
        take(unit, values);
      }
    }
    if (whole != null) {
      FloatBuffer sums = Libtorch.memory(whole).asFloatBuffer();
      for (Unit unit : units.all()) {
        if (!unit.isRoot()) {
          place(unit).asFloatBuffer().put(0, sums, unit.range().from(), unit.length());
          sum(unit);
        }
      }
    }
    return gradient.duplicate().order(ByteOrder.nativeOrder());
  }

  /** The values of all parameters, gathered one unit after the other; all ranks ask together. */
  Weights.Source weights() {
    gatherRoots();
    return this::values;
  }

  private FloatBuffer values(Parameter parameter) {
    int index = parameters.indexOf(parameter);
    if (index < 0) {
      return parameters.values(parameter);
    }
    for (Unit unit : units.all()) {
      if (index >= unit.firstSlot() && index < unit.firstSlot() + unit.slots().size()) {
        if (!unit.isRoot()) {
          gather(unit, 1);
        }
        return part(unit, unit.slots().get(index - unit.firstSlot()), place(unit)).asFloatBuffer();
      }
    }
    throw new IllegalStateException("expected a unit with " + parameter.getName());
  }

  @Override
  public void close() {
    if (thread == null) {
      return;
    }
    thread.shutdownNow();
    boolean interrupted = false;
    try {
      // It reads and writes memory that is freed next; an interrupt ends its wait for others.
      while (true) {
        try {
          thread.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
