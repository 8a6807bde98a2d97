package dev.lockstep.distributor.embedding;

import dev.lockstep.data.encoded.RowOrder;
import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.ScalarAllGather;
import dev.lockstep.distributor.rows.Batch;
import dev.lockstep.models.EmbeddingFile;
import dev.lockstep.models.EmbeddingLayout;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The sharded tables of a training, as one rank sees them. A batch's distinct ids go to the ranks
 * that own them, the rows come back, their gradients go to the owners again; an owner adds the
 * gradients of a row in the order of the ranks and updates the rows that were touched. So the bits
 * depend on the batches and the number of ranks alone (the scheme of TorchRec and DLRM: Ivchenko et
 * al., "TorchRec: a PyTorch Domain Library for Recommendation Systems", RecSys 2022).
 *
 * <p>All ranks make the same calls in the same order, also with batches without rows.
 */
public final class ShardedEmbeddings {
  private static final long FILE_BYTES = 1L << 30;

  /** Rows that are updated together: they stay in the L1 cache. */
  private static final int TOGETHER = 64;

  private final Collective collective;
  private final ScalarAllGather exchange;
  private final EmbeddingLayout layout;
  private final RowOptimizer optimizer;
  private final EmbeddingShard shard;
  private final BatchIds ids;
  private final int width;
  private long steps;
  private boolean finite = true;
  private boolean kept;

  /** {@code [from][to]}: how many ids a rank asks another for. */
  private int[][] asked;

  private ByteBuffer requests = ByteBuffer.allocateDirect(0);
  private ByteBuffer replies = ByteBuffer.allocateDirect(0);
  private ByteBuffer rows = ByteBuffer.allocateDirect(0);

  /** The owned row of each request of {@link #rows}, in the order of the ranks. */
  private int[] requested = new int[0];

  /** Owned rows that have a gradient, and for each owned row its place among them, plus 1. */
  private int[] touched = new int[0];

  private int[] places = new int[0];
  private int touchedCount;
  private float[] sums = new float[0];
  private final float[] row;

  private final int[] stateOfRow;
  private final float[] values;
  private final float[][] state;

  /**
   * Tables without rows.
   *
   * @param optimizer makes the optimizer of rows
   */
  public ShardedEmbeddings(
      Collective collective,
      EmbeddingLayout layout,
      Function<EmbeddingLayout, RowOptimizer> optimizer) {
    this.collective = collective;
    this.exchange = new ScalarAllGather(collective);
    this.layout = layout;
    this.optimizer = optimizer.apply(layout);
    this.stateOfRow = this.optimizer.state();
    this.shard = new EmbeddingShard(layout, Arrays.stream(stateOfRow).sum());
    this.ids = new BatchIds(layout, collective.worldSize());
    this.width = layout.width();
    this.row = new float[width];
    this.values = new float[TOGETHER * width];
    this.state =
        Arrays.stream(stateOfRow).mapToObj(n -> new float[TOGETHER * n]).toArray(float[][]::new);
  }

  /** The rows' layout. */
  public EmbeddingLayout layout() {
    return layout;
  }

  /** Number of rows that this rank owns and has. */
  public int rowsOwned() {
    return shard.rows();
  }

  /**
   * The rows of a batch's distinct ids.
   *
   * @param batch may have no rows
   * @param training whether gradients follow, so that ids that are new become rows
   * @return {@code [distinct ids, width]} float32, until the next call
   */
  public ByteBuffer rows(Batch batch, boolean training) {
    ids.find(batch.categorical().asIntBuffer(), batch.rows());
    double[] own = Arrays.stream(ids.ofRank()).asDoubleStream().toArray();
    asked = counts(exchange.gather(own));
    int count = askedOfThis();
    requests = sized(requests, count, Long.BYTES);
    collective.allToAll(ids.ids(), requests, times(asked, Long.BYTES));
    replies = sized(replies, count, width * Float.BYTES);
    reply(count, training);
    rows = sized(rows, ids.count(), width * Float.BYTES);
    collective.allToAll(replies, rows, times(transposed(asked), width * Float.BYTES));
    return rows;
  }

  /** How many ids the ranks have asked this one for. */
  private int askedOfThis() {
    int count = 0;
    for (int[] from : asked) {
      count = Math.addExact(count, from[collective.rank()]);
    }
    return count;
  }

  private void reply(int count, boolean training) {
    if (requested.length < count) {
      requested = new int[count];
    }
    LongBuffer wanted = requests.asLongBuffer();
    FloatBuffer values = replies.asFloatBuffer();
    for (int i = 0; i < count; i++) {
      long id = wanted.get(i);
      if (training) {
        int owned = shard.findOrAdd(id);
        requested[i] = owned;
        values.put(i * width, shard.block(owned), shard.at(owned), width);
      } else {
        shard.values(id, row, 0);
        values.put(i * width, row);
      }
    }
  }

  /** {@code [rows, features]} int32: of each place of the batch, which of its distinct ids. */
  public ByteBuffer positions() {
    return ids.positions();
  }

  /**
   * Gives the owners the gradients of the rows that {@link #rows} gave for training.
   *
   * @param gradients {@code [distinct ids, width]} float32
   */
  public void add(ByteBuffer gradients) {
    int count = askedOfThis();
    collective.allToAll(gradients, replies, times(asked, width * Float.BYTES));
    if (places.length < shard.rows()) {
      places = Arrays.copyOf(places, Math.max(shard.rows(), places.length * 3 / 2));
    }
    int most = touchedCount + count;
    if (touched.length < most) {
      touched = Arrays.copyOf(touched, most);
      sums = Arrays.copyOf(sums, Math.multiplyExact(most, width));
    }
    FloatBuffer received = replies.asFloatBuffer();
    for (int i = 0; i < count; i++) {
      int owned = requested[i];
      int place = places[owned] - 1;
      if (place < 0) {
        touched[touchedCount++] = owned;
        places[owned] = touchedCount;
        received.get(i * width, sums, (touchedCount - 1) * width, width);
      } else {
        received.get(i * width, row);
        int at = place * width;
        for (int k = 0; k < width; k++) {
          sums[at + k] += row[k];
        }
      }
    }
  }

  /** The squared norm of the summed gradients, over all ranks in their order. */
  public double squaredNorm() {
    double own = 0;
    for (int i = 0; i < touchedCount * width; i++) {
      own += (double) sums[i] * sums[i];
    }
    double total = 0;
    for (double[] ofRank : exchange.gather(own)) {
      total += ofRank[0];
    }
    return total;
  }

  /**
   * Updates the rows that have gradients, which then have none.
   *
   * @param scale factor of the gradients
   * @param rate learning rate
   */
  public void update(float scale, double rate) {
    RowOptimizer.Step step = optimizer.step(rate, ++steps);
    int count = touchedCount * width;
    for (int i = 0; i < count; i++) {
      sums[i] *= scale;
    }
    for (int from = 0; from < touchedCount; from += TOGETHER) {
      int to = Math.min(touchedCount, from + TOGETHER);
      move(from, to, true);
      optimizer.update(to - from, values, state, sums, from * width, step);
      move(from, to, false);
      for (int k = 0; k < (to - from) * width; k++) {
        finite &= Float.isFinite(values[k]);
      }
    }
    forget();
  }

  /** Drops the gradients of a step that changes nothing. */
  public void forget() {
    for (int i = 0; i < touchedCount; i++) {
      places[touched[i]] = 0;
    }
    touchedCount = 0;
  }

  /** Copies touched rows to where they are updated, or back. */
  private void move(int from, int to, boolean out) {
    for (int i = from; i < to; i++) {
      float[] block = shard.block(touched[i]);
      int at = shard.at(touched[i]);
      at = move(block, at, values, (i - from) * width, width, out);
      for (int j = 0; j < state.length; j++) {
        at = move(block, at, state[j], (i - from) * stateOfRow[j], stateOfRow[j], out);
      }
    }
  }

  private static int move(
      float[] block, int at, float[] array, int place, int length, boolean out) {
    if (out) {
      System.arraycopy(block, at, array, place, length);
    } else {
      System.arraycopy(array, place, block, at, length);
    }
    return at + length;
  }

  /** Whether no rank has ever made a value NaN or infinite; all ranks call it together. */
  public boolean isFinite() {
    for (double[] ofRank : exchange.gather(finite ? 1 : 0)) {
      if (ofRank[0] == 0) {
        return false;
      }
    }
    return true;
  }

  /** Keeps the values as they are, as those of the best epoch so far. */
  public void keep() {
    shard.keep();
    kept = true;
  }

  /** Whether values were kept. */
  public boolean hasKept() {
    return kept;
  }

  /** Whether this rank owns a lane of ids. */
  private boolean owns(int lane) {
    return lane >= firstLane(collective.rank()) && lane < firstLane(collective.rank() + 1);
  }

  private int firstLane(int rank) {
    return RowOrder.firstLane(rank, EmbeddingLayout.LANES, collective.worldSize());
  }

  /**
   * A run of lanes that are written to one file.
   *
   * @param from the first lane
   * @param to the lane after the last
   */
  public record Run(int from, int to) {}

  /** This rank's lanes, in as few files as hold at most 1 GB each, if a lane does. */
  public List<Run> runs() {
    int[] counts = shard.counts();
    List<Run> runs = new ArrayList<>();
    int end = firstLane(collective.rank() + 1);
    int from = firstLane(collective.rank());
    long rowsOfRun = 0;
    for (int lane = from; lane < end; lane++) {
      rowsOfRun += counts[lane];
      if (lane == end - 1
          || EmbeddingFile.bytes(rowsOfRun + counts[lane + 1], shard.stride()) > FILE_BYTES) {
        runs.add(new Run(from, lane + 1));
        from = lane + 1;
        rowsOfRun = 0;
      }
    }
    return runs;
  }

  /** What is written of rows. */
  public enum Part {
    /** The rows with their optimizer's state, as they are now. */
    STATE,
    /** The rows as they are now. */
    VALUES,
    /** The rows as they were kept. */
    KEPT
  }

  /** Number of values of a row in a file. */
  public int width(Part part) {
    return part == Part.STATE ? shard.stride() : width;
  }

  /**
   * Writes one of this rank's {@link #runs}.
   *
   * @return SHA-256 of the file, in hexadecimal
   */
  public String write(Run run, Part part, OutputStream out) throws IOException {
    EmbeddingFile.Rows all =
        part == Part.KEPT
            ? shard.keptRows(run.from(), run.to())
            : shard.rows(run.from(), run.to(), width(part));
    return EmbeddingFile.write(all, width(part), out);
  }

  /** Whether a run has lanes that this rank owns. */
  public boolean overlaps(Run run) {
    return IntStream.range(run.from(), run.to()).anyMatch(this::owns);
  }

  /**
   * Goes on from what was written, by however many ranks.
   *
   * @param states files of {@link Part#STATE} that overlap this rank's lanes
   * @param keptValues likewise of {@link Part#KEPT}; empty where nothing was kept
   * @param stepsTaken steps that had changed the weights
   */
  public void restore(List<EmbeddingFile> states, List<EmbeddingFile> keptValues, long stepsTaken) {
    shard.restore(states, keptValues, this::owns);
    kept = !keptValues.isEmpty();
    steps = stepsTaken;
  }

  private static ByteBuffer sized(ByteBuffer buffer, int count, int bytes) {
    int wanted = Math.multiplyExact(count, bytes);
    ByteBuffer fitting =
        buffer.capacity() >= wanted
            ? buffer
            : ByteBuffer.allocateDirect(Math.max(wanted, buffer.capacity() / 2 * 3))
                .order(ByteOrder.nativeOrder());
    return fitting.clear().limit(wanted);
  }

  private static int[][] counts(double[][] values) {
    int[][] counts = new int[values.length][values.length];
    for (int from = 0; from < values.length; from++) {
      for (int to = 0; to < values.length; to++) {
        counts[from][to] = (int) values[from][to];
      }
    }
    return counts;
  }

  private static int[][] times(int[][] counts, int factor) {
    int[][] bytes = new int[counts.length][counts.length];
    for (int from = 0; from < counts.length; from++) {
      for (int to = 0; to < counts.length; to++) {
        bytes[from][to] = Math.multiplyExact(counts[from][to], factor);
      }
    }
    return bytes;
  }

  private static int[][] transposed(int[][] counts) {
    int[][] transposed = new int[counts.length][counts.length];
    for (int from = 0; from < counts.length; from++) {
      for (int to = 0; to < counts.length; to++) {
        transposed[to][from] = counts[from][to];
      }
    }
    return transposed;
  }
}
