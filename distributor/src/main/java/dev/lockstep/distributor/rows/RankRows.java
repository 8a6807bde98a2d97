package dev.lockstep.distributor.rows;

import dev.lockstep.data.encoded.RowOrder;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.lanes.LaneRow;
import dev.lockstep.data.lanes.LaneShuffle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * All rows of a rank: numeric and categorical features, labels and weights, on local disk as they
 * came, beside the order that they are in. An epoch reads them at random in any case.
 */
public final class RankRows implements AutoCloseable {
  private final MappedRows rows;
  private final MappedRows places;
  private final LaneRanges train;
  private final LaneRanges validation;
  private final boolean unitWeights;
  private final Layout layout;

  /**
   * Reads a rank's partition, once.
   *
   * @param blocks rows as {@link LaneShuffle} gives them
   * @param layout sizes and the rank's place
   * @param directory local directory for the rows
   * @throws IOException if the disk is full or fails; nothing is left behind
   */
  public RankRows(Iterator<InternalRow> blocks, Layout layout, Path directory) throws IOException {
    this.layout = layout;
    int bytes = new LaneRow(layout.numeric(), layout.categorical()).bytes();
    rows = new MappedRows(directory, bytes);
    places = new MappedRows(directory, Long.BYTES);
    long[][] counts = new long[2][layout.ownLanes()];
    boolean unit = true;
    try {
      while (blocks.hasNext()) {
        byte[] whole = blocks.next().getBinary(0);
        if (whole.length % bytes != 0) {
          throw new IllegalStateException(
              "expected rows of %d bytes, got a block of %,d".formatted(bytes, whole.length));
        }
        ByteBuffer block = ByteBuffer.wrap(whole).order(ByteOrder.nativeOrder());
        for (int at = 0; at < whole.length; at += bytes) {
          long order = block.getLong(at + LaneRow.ORDER);
          int lane = RowOrder.lane(order, layout.lanes()) - layout.firstLane();
          counts[RowOrder.isValidation(order) ? 0 : 1][lane]++;
          unit &= (float) block.getDouble(at + LaneRow.WEIGHT) == 1;
        }
        rows.append(whole);
      }
      rows.seal();
      RowSort.sort(rows, directory, places);
      places.seal();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
    // A row's order sorts validation (negative) before train.
    validation = new LaneRanges(layout.firstLane(), 0, counts[0]);
    train = new LaneRanges(layout.firstLane(), validation.rows(), counts[1]);
    unitWeights = unit;
  }

  /**
   * What a rank must know to read its rows.
   *
   * @param numeric number of numeric features
   * @param categorical number of categorical features
   * @param lanes number of lanes of the job, V
   * @param firstLane first lane of the rank
   * @param ownLanes number of lanes of the rank
   * @param labelMean subtracted from each label
   * @param labelDeviation divides each label
   */
  public record Layout(
      int numeric,
      int categorical,
      int lanes,
      int firstLane,
      int ownLanes,
      double labelMean,
      double labelDeviation) {

    /** The layout of one rank of {@code worldSize}. */
    public static Layout of(
        FeatureLayout features, LabelLayout label, int lanes, int rank, int worldSize) {
      int first = RowOrder.firstLane(rank, lanes, worldSize);
      return new Layout(
          features.numeric().size(),
          features.categorical().size(),
          lanes,
          first,
          RowOrder.firstLane(rank + 1, lanes, worldSize) - first,
          label.mean(),
          label.deviation());
    }
  }

  /** The rows to learn from. */
  public LaneRanges train() {
    return train;
  }

  /** The rows that choose the epoch. */
  public LaneRanges validation() {
    return validation;
  }

  /** Whether every row of this rank weighs 1. */
  public boolean unitWeights() {
    return unitWeights;
  }

  /** Buffers for batches of at most {@code capacity} of this rank's rows. */
  public Batch newBatch(int capacity) {
    return new Batch(
        capacity, layout.numeric(), layout.categorical(), train.firstLane(), train.lanes());
  }

  /**
   * Fills a batch with consecutive rows of a lane of the validation split.
   *
   * @param lane which of the rank's lanes, from 0
   * @param from first row of the lane
   * @param count number of rows
   */
  public void fillValidation(Batch batch, int lane, long from, int count) {
    batch.clear(0, 0);
    copy(validation.start(lane) + from, count, batch);
    batch.count(lane, count);
    batch.flip();
  }

  /**
   * Appends rows to a batch.
   *
   * @param from place of the first of them in the rank's order
   */
  void copy(long from, int count, Batch batch) {
    int numericBytes = layout.numeric() * Float.BYTES;
    int categoricalBytes = layout.categorical() * Integer.BYTES;
    for (long place = from; place < from + count; place++) {
      long row = places.segment(place).getLong(places.offset(place));
      ByteBuffer segment = rows.segment(row);
      int at = rows.offset(row);
      append(segment, at + LaneRow.FEATURES, numericBytes, batch.numeric());
      append(segment, at + LaneRow.FEATURES + numericBytes, categoricalBytes, batch.categorical());
      double label = segment.getDouble(at + LaneRow.LABEL);
      batch.labels().putFloat((float) ((label - layout.labelMean()) / layout.labelDeviation()));
      batch.weights().putFloat((float) segment.getDouble(at + LaneRow.WEIGHT));
    }
  }

  private static void append(ByteBuffer source, int from, int bytes, ByteBuffer target) {
    target.put(target.position(), source, from, bytes);
    target.position(target.position() + bytes);
  }

  @Override
  public void close() throws IOException {
    rows.close();
    places.close();
  }
}
