package dev.lockstep.data.lanes;

import dev.lockstep.data.encoded.RowOrder;

/**
 * The bytes of a row on its way to a rank, in the machine's order: order, label and weight of eight
 * bytes each, then four for each numeric and for each categorical feature.
 *
 * @param numeric number of numeric features
 * @param categorical number of categorical features
 */
public record LaneRow(int numeric, int categorical) {
  /** Where the {@link RowOrder} begins, a long. */
  public static final int ORDER = 0;

  /** Where the label begins, a double. */
  public static final int LABEL = 8;

  /** Where the weight begins, a double. */
  public static final int WEIGHT = 16;

  /** Where the numeric features begin, floats; the categorical ones, ints, follow. */
  public static final int FEATURES = 24;

  /** Number of bytes. */
  public int bytes() {
    return FEATURES + Float.BYTES * numeric + Integer.BYTES * categorical;
  }
}
