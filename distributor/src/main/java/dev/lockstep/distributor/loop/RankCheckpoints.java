package dev.lockstep.distributor.loop;

import dev.lockstep.data.Json;
import dev.lockstep.distributor.checkpoint.Checkpoint;
import dev.lockstep.distributor.checkpoint.CheckpointStore;
import dev.lockstep.distributor.checkpoint.CheckpointWriter;
import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.Shard;
import dev.lockstep.distributor.embedding.ShardedEmbeddings;
import dev.lockstep.distributor.optimizer.Optimizer;
import dev.lockstep.distributor.rendezvous.RankContext;
import dev.lockstep.distributor.spec.CheckpointSpec;
import dev.lockstep.distributor.spec.Sharding;
import dev.lockstep.distributor.step.FlatParameters;
import dev.lockstep.distributor.step.Pieces;
import dev.lockstep.models.EmbeddingFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints of a run: all ranks together make one that does not depend on their number; rank 0
 * writes it while training goes on. A training without a folder has none.
 */
final class RankCheckpoints implements AutoCloseable {
  private static final String NONE = "-";

  /** Parts with trained values; the others are rows of sharded tables. */
  private static final String VALUES = "parameters";

  private static final long POLL_MILLIS = 20;

  private static final Logger LOG = LoggerFactory.getLogger(RankCheckpoints.class);

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
    arrays.put("state", MovingAverage.copy(trained.parameters().buffers()));
    if (trained.best().epoch() > 0) {
      arrays.put("bestState", trained.best().buffers());
    }
    if (!trained.isSharded()) {
      arrays.putAll(values(trained));
    }
    lastNanos = System.nanoTime();
    if (trained.isInParts()) {
      saveInParts(state, trained, arrays);
    } else if (context.rank() == 0) {
      awaitWriter();
      write(store.orElseThrow().newName(state.step()), state, arrays);
    }
  }

  /** What a checkpoint holds of the trained values: of all of them, or of those that are held. */
  private Map<String, ByteBuffer> values(TrainedState trained) {
    Map<String, ByteBuffer> arrays = new LinkedHashMap<>();
    arrays.put("values", MovingAverage.copy(trained.parameters().values()));
    for (int i = 0; i < trained.optimizer().state().length; i++) {
      arrays.put("optimizer" + i, optimizerState(trained, i));
    }
    if (trained.best().epoch() > 0) {
      arrays.put("best", trained.best().values());
    }
    trained.average().ifPresent(a -> arrays.put("average", MovingAverage.copy(a.values())));
    return arrays;
  }

  private void write(String name, RunState state, Map<String, ByteBuffer> arrays) {
    if (!writer.orElseThrow().isStuck()) {
      Checkpoint checkpoint = new Checkpoint(state.step(), state.toJson(), arrays);
      writer.get().write(() -> save(name, checkpoint));
    }
  }

  private String save(String name, Checkpoint checkpoint) throws IOException {
    String saved = store.orElseThrow().save(name, checkpoint);
    context.report(Json.line(new RankReport.Checkpointed(checkpoint.step())));
    return saved;
  }

  /**
   * Every rank writes what it alone has while all wait, for the next step changes it; when all
   * have, rank 0 writes the checkpoint itself. Before that there is none that a reader could find.
   */
  private void saveInParts(RunState state, TrainedState trained, Map<String, ByteBuffer> arrays)
      throws IOException, InterruptedException {
    CheckpointStore target = store.orElseThrow();
    awaitWriter();
    String name = context.allGather(target.newName(state.step())).get(0);
    Map<String, String> own = new ConcurrentSkipListMap<>();
    boolean written = false;
    if (!writer.orElseThrow().isStuck()) {
      writer.get().write(() -> saveParts(name, state, trained, own));
      written = await(writer.get());
    }
    Map<String, String> parts = new TreeMap<>();
    boolean whole = true;
    for (String ofRank : context.allGather(written ? Json.line(own) : NONE)) {
      whole &= !ofRank.equals(NONE);
      if (whole) {
        Json.fields(Json.read(ofRank, Map.class)).forEach((p, sha) -> parts.put(p, (String) sha));
      }
    }
    if (context.rank() == 0) {
      if (whole) {
        write(name, state.withParts(parts), arrays);
      } else if (!writer.get().isStuck()) {
        writer.get().write(() -> removed(target, name));
      }
    }
  }

  /** Removes the parts that could be written of a checkpoint that is not whole. */
  private static String removed(CheckpointStore target, String name) throws IOException {
    target.remove(name);
    return name;
  }

  private String saveParts(
      String name, RunState state, TrainedState trained, Map<String, String> sha256)
      throws IOException {
    CheckpointStore target = store.orElseThrow();
    if (trained.isSharded()) {
      String file = "%s-%02d-%02d".formatted(VALUES, context.rank(), context.worldSize());
      String pieces = Json.line(trained.parameters().pieces());
      Checkpoint part = new Checkpoint(state.step(), pieces, values(trained));
      sha256.put(file, target.savePart(name, file, part));
    }
    if (trained.embeddings().isPresent()) {
      ShardedEmbeddings tables = trained.embeddings().get();
      for (ShardedEmbeddings.Part part : parts(tables.hasKept())) {
        for (ShardedEmbeddings.Run run : tables.runs()) {
          String file = file(part, run);
          sha256.put(file, target.savePart(name, file, out -> tables.write(run, part, out)));
        }
      }
    }
    return name;
  }

  private static List<ShardedEmbeddings.Part> parts(boolean kept) {
    return kept
        ? List.of(ShardedEmbeddings.Part.STATE, ShardedEmbeddings.Part.KEPT)
        : List.of(ShardedEmbeddings.Part.STATE);
  }

  private static String file(ShardedEmbeddings.Part part, ShardedEmbeddings.Run run) {
    return "%s-%02d-%02d".formatted(part.name().toLowerCase(Locale.ROOT), run.from(), run.to());
  }

  private static ShardedEmbeddings.Run run(String file) {
    String[] fields = file.split("-", -1);
    return new ShardedEmbeddings.Run(Integer.parseInt(fields[1]), Integer.parseInt(fields[2]));
  }

  /** This rank's lanes, from the parts of a checkpoint. */
  private record Parts(List<EmbeddingFile> rows, List<EmbeddingFile> kept) {}

  /** Gets and checks them; empty, and named in the log, where one is missing or damaged. */
  private Optional<Parts> fetch(String name, RunState state, TrainedState trained) {
    Parts parts = new Parts(new ArrayList<>(), new ArrayList<>());
    try {
      for (Map.Entry<String, String> part : state.partsByName().entrySet()) {
        String file = part.getKey();
        if (file.startsWith(VALUES)) {
          store.orElseThrow().verifyPart(name, file, part.getValue());
          continue;
        }
        ShardedEmbeddings tables = trained.embeddings().orElseThrow();
        ShardedEmbeddings.Run run = run(file);
        if (tables.overlaps(run)) {
          boolean isKept = file.equals(file(ShardedEmbeddings.Part.KEPT, run));
          int width =
              tables.width(isKept ? ShardedEmbeddings.Part.KEPT : ShardedEmbeddings.Part.STATE);
          (isKept ? parts.kept() : parts.rows()).add(fetch(name, file, part.getValue(), width));
        }
      }
      return Optional.of(parts);
    } catch (IOException e) {
      LOG.warn("checkpoint {} is not used: {}", name, e.getMessage());
      return Optional.empty();
    }
  }

  private EmbeddingFile fetch(String name, String file, String sha256, int width)
      throws IOException {
    Path local = context.localDirectory().resolve("lockstep-" + UUID.randomUUID());
    try {
      store.orElseThrow().copyPart(name, file, sha256, local);
      return EmbeddingFile.map(local, width);
    } finally {
      Files.deleteIfExists(local);
    }
  }

  /** The optimizer's state for all that is held, from the slices of all ranks. */
  private ByteBuffer optimizerState(TrainedState trained, int index) {
    Optimizer optimizer = trained.optimizer();
    ByteBuffer all = floats(trained.parameters().pieces().length());
    Shard slice = optimizer.slice();
    all.asFloatBuffer().put(slice.from(), optimizer.state()[index], 0, slice.length());
    if (trained.sharding() == Sharding.OPTIMIZER) {
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

  /** Whether it was written. */
  private boolean await(CheckpointWriter writing) throws InterruptedException {
    while (writing.isBusy() && !writing.isStuck()) {
      context.checkAlive();
      collective.progress();
      if (writing.busyFor().compareTo(spec.timeout()) > 0) {
        writing.giveUp();
        warn("the write has not ended after %,.0f s".formatted(spec.timeout().toMillis() / 1e3));
        return false;
      }
      Thread.sleep(POLL_MILLIS);
    }
    try {
      writing.finish();
      return true;
    } catch (IOException e) {
      warn(e.getMessage());
      return false;
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
    return store.isEmpty()
        ? Optional.empty()
        : KeepAlive.during(collective, () -> resume(trained, store.get()));
  }

  private Optional<RunState> resume(TrainedState trained, CheckpointStore kept) throws IOException {
    Set<String> damaged = new HashSet<>();
    while (true) {
      String mine =
          context.rank() == 0
              ? kept.newest((name, c) -> !damaged.contains(name) && isWhole(kept, name, c))
                  .orElse(NONE)
              : NONE;
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
      Optional<Parts> parts = fetch(name, state, trained);
      if (context.allGather(String.valueOf(parts.isPresent())).contains("false")) {
        damaged.add(name);
        continue;
      }
      if (context.rank() == 0) {
        context.note(
            "goes on from step %,d, in epoch %,d"
                .formatted(state.step(), state.history().size() + 1));
      }
      restore(trained, name, checkpoint, state);
      trained
          .embeddings()
          .ifPresent(e -> e.restore(parts.get().rows(), parts.get().kept(), state.updates()));
      return Optional.of(state);
    }
  }

  private boolean isWhole(CheckpointStore kept, String name, Checkpoint checkpoint)
      throws IOException {
    Map<String, String> parts = RunState.fromJson(checkpoint.header()).partsByName();
    return plan.isOwn(checkpoint) && kept.hasParts(name, parts.keySet());
  }

  private void restore(TrainedState trained, String name, Checkpoint checkpoint, RunState state)
      throws IOException {
    ByteBuffer buffers = trained.parameters().buffers();
    int bufferSize = buffers.remaining() / Float.BYTES;
    buffers.put(checkpoint.array("state", bufferSize));
    trained.optimizer().resume(state.updates());
    ByteBuffer best = floats(state.bestEpoch() > 0 ? trained.parameters().pieces().length() : 0);
    if (checkpoint.arrays().containsKey("values")) {
      Pieces all = Pieces.of(new Shard(0, trained.parameters().size()));
      restore(trained, checkpoint, all, best);
    }
    for (String part : state.partsByName().keySet()) {
      if (part.startsWith(VALUES)) {
        Checkpoint arrays = store.orElseThrow().loadPart(name, part);
        restore(trained, arrays, Json.read(arrays.header(), Pieces.class), best);
      }
    }
    if (state.bestEpoch() > 0) {
      ByteBuffer bestBuffers = checkpoint.array("bestState", bufferSize);
      trained.best().restore(state.bestEpoch(), state.bestMetric(), best, bestBuffers);
    }
  }

  /**
   * Takes from arrays what this rank holds.
   *
   * @param stored the places of the arrays' values
   * @param best takes the best values so far, where there are any
   */
  private static void restore(
      TrainedState trained, Checkpoint arrays, Pieces stored, ByteBuffer best) {
    Pieces held = trained.parameters().pieces();
    copy(arrays, "values", stored, held, trained.parameters().values());
    Optimizer optimizer = trained.optimizer();
    Pieces updated = trained.isSharded() ? held : Pieces.of(optimizer.slice());
    for (int i = 0; i < optimizer.state().length; i++) {
      FloatBuffer from = arrays.array("optimizer" + i, stored.length()).asFloatBuffer();
      stored.copy(from, updated, FloatBuffer.wrap(optimizer.state()[i]));
    }
    if (best.capacity() > 0) {
      copy(arrays, "best", stored, held, best);
    }
    trained.average().ifPresent(a -> copy(arrays, "average", stored, held, a.values()));
  }

  private static void copy(
      Checkpoint arrays, String name, Pieces stored, Pieces held, ByteBuffer target) {
    FloatBuffer from = arrays.array(name, stored.length()).asFloatBuffer();
    stored.copy(from, held, target.asFloatBuffer());
  }

  private static ByteBuffer floats(int count) {
    return ByteBuffer.allocateDirect(count * Float.BYTES).order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    writer.ifPresent(CheckpointWriter::close);
  }

  /** What a checkpoint holds and restores. */
  record TrainedState(
      FlatParameters parameters,
      Optimizer optimizer,
      Sharding sharding,
      BestWeights best,
      Optional<MovingAverage> average,
      Optional<ShardedEmbeddings> embeddings) {

    /** Whether a rank holds a part of the trained values alone. */
    boolean isSharded() {
      return sharding == Sharding.FULL;
    }

    /** Whether every rank has what no other has. */
    boolean isInParts() {
      return isSharded() || embeddings.isPresent();
    }
  }
}
