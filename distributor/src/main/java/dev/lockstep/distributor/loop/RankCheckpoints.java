package dev.lockstep.distributor.loop;

import dev.lockstep.distributor.checkpoint.Checkpoint;
import dev.lockstep.distributor.checkpoint.CheckpointStore;
import dev.lockstep.distributor.checkpoint.CheckpointWriter;
import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.Shard;
import dev.lockstep.distributor.optimizer.Optimizer;
import dev.lockstep.distributor.rendezvous.RankContext;
import dev.lockstep.distributor.spec.CheckpointSpec;
import dev.lockstep.distributor.step.FlatParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Checkpoints of a run: all ranks together make one that does not depend on their number; rank 0
 * writes it while training goes on. A training without a folder has none.
 */
final class RankCheckpoints implements AutoCloseable {
  private static final String NONE = "-";
  private static final long POLL_MILLIS = 20;

  private final RankContext context;
  private final TrainingPlan plan;
  private final Collective collective;
  private final CheckpointSpec spec;
  private final Optional<CheckpointStore> store;
  private final Optional<CheckpointWriter> writer;
  private long lastNanos = System.nanoTime();
  private boolean warned;

  RankCheckpoints(RankContext context, Collective collective, TrainingPlan plan)
      throws IOException {
    this.context = context;
    this.plan = plan;
    this.collective = collective;
    this.spec = plan.training().checkpoint();
    this.store = plan.checkpoints(context.hadoop());
    this.writer = store.map(CheckpointWriter::new);
  }

  /** Whether this rank, if it is rank 0, wants a checkpoint after so many steps. */
  boolean due(long stepsTaken, boolean endOfEpoch) {
    if (writer.isEmpty()) {
      return false;
    }
    if (spec.everySteps() != null) {
      return stepsTaken % spec.everySteps() == 0;
    }
    if (spec.everySeconds() != null) {
      return System.nanoTime() - lastNanos > spec.everySeconds() * 1e9 && !writer.get().isBusy();
    }
    return endOfEpoch;
  }

  /** Takes a checkpoint; all ranks call it after the same step. */
  void save(RunState state, TrainedState trained) throws IOException, InterruptedException {
    Map<String, ByteBuffer> arrays = new LinkedHashMap<>();
    arrays.put("values", MovingAverage.copy(trained.parameters().values()));
    arrays.put("state", MovingAverage.copy(trained.parameters().buffers()));
    Optimizer optimizer = trained.optimizer();
    for (int i = 0; i < optimizer.state().length; i++) {
      arrays.put("optimizer" + i, whole(trained, i));
    }
    if (trained.best().epoch() > 0) {
      arrays.put("best", trained.best().values());
      arrays.put("bestState", trained.best().buffers());
    }
    trained.average().ifPresent(a -> arrays.put("average", MovingAverage.copy(a.values())));
    lastNanos = System.nanoTime();
    if (context.rank() == 0) {
      awaitWriter();
      if (!writer.orElseThrow().isStuck()) {
        writer.get().write(new Checkpoint(state.step(), state.toJson(), arrays));
      }
    }
  }

  /** The optimizer's state for all parameters, from the slices of all ranks. */
  private ByteBuffer whole(TrainedState trained, int index) {
    int size = trained.parameters().size();
    Optimizer optimizer = trained.optimizer();
    ByteBuffer all = ByteBuffer.allocateDirect(size * Float.BYTES).order(ByteOrder.nativeOrder());
    Shard slice = optimizer.slice();
    all.asFloatBuffer().put(slice.from(), optimizer.state()[index], 0, slice.length());
    if (trained.sharded()) {
      collective.allGather(all);
    }
    return all;
  }

  /**
   * Waits for what is being written, telling the other ranks that this one is well, and gives it up
   * after the time that the specification allows. A checkpoint that is not written is missed only
   * if a rank fails: that is no reason to fail now.
   */
  void awaitWriter() throws InterruptedException {
    if (writer.isPresent()) {
      await(writer.get());
    }
  }

  private void await(CheckpointWriter writing) throws InterruptedException {
    while (writing.isBusy() && !writing.isStuck()) {
      context.checkAlive();
      collective.progress();
      if (writing.busyFor().compareTo(spec.timeout()) > 0) {
        writing.giveUp();
        warn("the write has not ended after %,.0f s".formatted(spec.timeout().toMillis() / 1e3));
        return;
      }
      Thread.sleep(POLL_MILLIS);
    }
    try {
      writing.finish();
    } catch (IOException e) {
      warn(e.getMessage());
    }
  }

  /** Once: the next ones will most likely fail for the same reason. */
  private void warn(String reason) {
    if (!warned) {
      context.warn(
          "no checkpoint could be written to %s (%s); training goes on, and after a failure begins at an earlier one"
              .formatted(store.orElseThrow().folder(), reason));
    }
    warned = true;
  }

  /**
   * Goes on from the newest whole checkpoint of a run with these inputs; all ranks call it together
   * and get the same.
   */
  Optional<RunState> resume(TrainedState trained) throws IOException {
    if (store.isEmpty()) {
      return Optional.empty();
    }
    CheckpointStore kept = store.get();
    String mine = context.rank() == 0 ? kept.newest(plan::isOwn).orElse(NONE) : NONE;
    String name = context.allGather(mine).get(0);
    if (name.equals(NONE)) {
      if (context.rank() == 0) {
        context.note(
            "there is no whole checkpoint of this run in %s: it begins at step 0"
                .formatted(kept.folder()));
      }
      return Optional.empty();
    }
    Checkpoint checkpoint = kept.load(name);
    RunState state = RunState.fromJson(checkpoint.header());
    if (context.rank() == 0) {
      context.note(
          "goes on from step %,d, in epoch %,d"
              .formatted(state.step(), state.history().size() + 1));
    }
    int size = trained.parameters().size();
    ByteBuffer buffers = trained.parameters().buffers();
    trained.parameters().values().put(checkpoint.array("values", size));
    int bufferSize = buffers.remaining() / Float.BYTES;
    buffers.put(checkpoint.array("state", bufferSize));
    Optimizer optimizer = trained.optimizer();
    for (int i = 0; i < optimizer.state().length; i++) {
      Shard slice = optimizer.slice();
      checkpoint
          .array("optimizer" + i, size)
          .asFloatBuffer()
          .get(slice.from(), optimizer.state()[i], 0, slice.length());
    }
    optimizer.resume(state.updates());
    if (state.bestEpoch() > 0) {
      trained
          .best()
          .restore(
              state.bestEpoch(),
              state.bestMetric(),
              checkpoint.array("best", size),
              checkpoint.array("bestState", bufferSize));
    }
    trained.average().ifPresent(a -> a.values().put(checkpoint.array("average", size)));
    return Optional.of(state);
  }

  @Override
  public void close() {
    writer.ifPresent(CheckpointWriter::close);
  }

  /** What a checkpoint holds and restores. */
  record TrainedState(
      FlatParameters parameters,
      Optimizer optimizer,
      boolean sharded,
      BestWeights best,
      Optional<MovingAverage> average) {}
}
