package dev.lockstep.distributor.step;

import dev.lockstep.distributor.rows.Batch;

/** A loss was NaN or infinite: training on would only spread it. */
public final class NonFiniteLossException extends RuntimeException {
  /** The first such loss of a batch. */
  NonFiniteLossException(Batch batch, float[] losses) {
    super(describe(batch, losses));
  }

  private static String describe(Batch batch, float[] losses) {
    int row = 0;
    while (row < losses.length - 1 && Float.isFinite(losses[row])) {
      row++;
    }
    int lane = 0;
    int inLane = row;
    int[] rows = batch.rowsOfLane();
    while (lane < rows.length - 1 && inLane >= rows[lane]) {
      inLane -= rows[lane++];
    }
    String where =
        "epoch %d, step %d, lane %d, row %d of the lane's part of the batch"
            .formatted(batch.epoch() + 1, batch.step() + 1, batch.firstLane() + lane, inLane);
    return losses.length == 0 || Float.isFinite(losses[row])
        ? "the sum of the losses is not finite in epoch %d, step %d"
            .formatted(batch.epoch() + 1, batch.step() + 1)
        : "the loss is %s in %s".formatted(losses[row], where);
  }
}
