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
  /** Copies the classes and checks that the deviation can divide. */
  public LabelLayout {
    classes = List.copyOf(classes);
    if (!(deviation > 0)) {
      throw new IllegalStateException("expected a positive deviation, got " + deviation);
    }
  }
}
