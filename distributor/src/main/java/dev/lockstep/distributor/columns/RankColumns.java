package dev.lockstep.distributor.columns;

import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.lanes.LaneRow;
import dev.lockstep.data.lanes.LaneShuffle;
import dev.lockstep.data.lanes.RowOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;

/** All rows of a rank: numeric and categorical features, labels and weights, on local disk. */
public final class RankColumns implements AutoCloseable {
  private final MappedColumn numeric;
  private final MappedColumn categorical;
  private final MappedColumn labels;
  private final MappedColumn weights;
  private final LaneColumns train;
  private final LaneColumns validation;
  private final boolean unitWeights;
  private final Layout layout;

  /**
   * Reads a rank's partition, once.
   *
   * @param blocks rows as {@link LaneShuffle} gives them
   * @param layout sizes and the rank's place
   * @param directory local directory for the columns
   * @throws IOException if the disk is full or fails; nothing is left behind
   */
  public RankColumns(Iterator<InternalRow> blocks, Layout layout, Path directory)
      throws IOException {
    this.layout = layout;
    numeric = new MappedColumn(directory, layout.numeric() * Float.BYTES);
    categorical = new MappedColumn(directory, layout.categorical() * Integer.BYTES);
    labels = new MappedColumn(directory, Float.BYTES);
    weights = new MappedColumn(directory, Float.BYTES);
    long[][] counts = new long[2][layout.ownLanes()];
    boolean unit = true;
    try (SortedRuns rows =
        new SortedRuns(blocks, new LaneRow(layout.numeric(), layout.categorical()), directory)) {
      while (rows.advance()) {
        int lane = RowOrder.lane(rows.order(), layout.lanes()) - layout.firstLane();
        counts[RowOrder.isValidation(rows.order()) ? 0 : 1][lane]++;
        float weight = (float) rows.weight();
        unit &= weight == 1;
        rows.numeric(numeric.append());
        rows.categorical(categorical.append());
        double label = (rows.label() - layout.labelMean()) / layout.labelDeviation();
        labels.append().putFloat((float) label);
        weights.append().putFloat(weight);
      }
      numeric.seal();
      categorical.seal();
      labels.seal();
      weights.seal();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
    // A row's order sorts validation (negative) before train.
    validation = new LaneColumns(layout.firstLane(), 0, counts[0]);
    train = new LaneColumns(layout.firstLane(), validation.rows(), counts[1]);
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
  public LaneColumns train() {
    return train;
  }

  /** The rows that choose the epoch. */
  public LaneColumns validation() {
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

  /** Appends rows to a batch. */
  void copy(long from, int count, Batch batch) {
    numeric.copyRows(from, count, batch.numeric());
    categorical.copyRows(from, count, batch.categorical());
    labels.copyRows(from, count, batch.labels());
    weights.copyRows(from, count, batch.weights());
  }

  @Override
  public void close() throws IOException {
    for (MappedColumn column : Arrays.asList(numeric, categorical, labels, weights)) {
      column.close();
    }
  }
}
