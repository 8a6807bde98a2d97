package dev.lockstep.data.features;

import dev.lockstep.data.Task;
import java.util.List;

/**
 * How the label is encoded.
 *
 * @param task what is learned
 * @param classes the classes in the order of their index (empty for regression; for a binary task
 *     the positive class is the second)
 * @param mean mean of the train split's labels, in their own units (0 but for regression)
 * @param deviation their standard deviation (1 but for regression)
 */
public record LabelLayout(Task task, List<String> classes, double mean, double deviation)
    implements java.io.Serializable {
  /**
   * The largest number that is a label. Squares of larger ones, or sums of such squares, would be
   * beyond all doubles, here and in the metrics and baselines.
   */
  public static final double MOST = 1e100;

  /** The least standard deviation of labels, for the same reason. */
  static final double LEAST_DEVIATION = 1e-100;

  /** Copies the classes and checks that the deviation can divide. */
  public LabelLayout {
    classes = List.copyOf(classes);
    if (!(deviation > 0)) {
      throw new IllegalStateException("expected a positive deviation, got " + deviation);
    }
  }

  /**
   * Whether a number can be the label of a regression: finite, and no larger than {@link #MOST}.
   */
  public static boolean isNumber(double label) {
    return Math.abs(label) <= MOST;
  }
}
