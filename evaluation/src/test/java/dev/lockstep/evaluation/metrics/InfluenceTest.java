package dev.lockstep.evaluation.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.data.Task;
import dev.lockstep.data.features.LabelLayout;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Influences against the slopes that the metrics themselves show when a row's weight changes. */
class InfluenceTest {
  private static final int ROWS = 60;
  private static final double STEP = 1e-6;

  @ParameterizedTest
  @EnumSource
  void every_metric_of_a_task(Task task) {
    Random random = new Random(7);
    double[] label = new double[ROWS];
    double[] weight = new double[ROWS];
    double[][] prediction = new double[task == Task.MULTICLASS ? 3 : 1][ROWS];
    for (int i = 0; i < ROWS; i++) {
      weight[i] = 0.5 + random.nextInt(3);
      label[i] =
          switch (task) {
            case BINARY -> random.nextInt(2);
            case MULTICLASS -> random.nextInt(3);
            case REGRESSION -> random.nextGaussian();
          };
      // In twentieths, so that some rows have equal scores.
      double first = (1 + random.nextInt(17)) / 20.0;
      prediction[0][i] = first;
      if (task == Task.MULTICLASS) {
        double share = (1 + random.nextInt(8)) / 9.0;
        prediction[1][i] = (1 - first) * share;
        prediction[2][i] = 1 - first - prediction[1][i];
      }
    }
    Scores scores = scores(task, label, weight, prediction);
    for (String name : TestMetrics.names(task)) {
      Influence influence = Influence.of(scores, new MainMetric(name));
      double sum = 0;
      for (int i = 0; i < ROWS; i++) {
        double[] more = weight.clone();
        double[] less = weight.clone();
        more[i] += STEP;
        less[i] -= STEP;
        double slope =
            (TestMetrics.of(scores(task, label, more, prediction)).get(name)
                    - TestMetrics.of(scores(task, label, less, prediction)).get(name))
                / (2 * STEP);
        assertThat(influence.of(i))
            .as("%s of row %d", name, i)
            .isCloseTo(weight[i] * slope, within(1e-7));
        sum += influence.of(i);
      }
      assertThat(sum).as(name).isCloseTo(0, within(1e-12));
    }
  }

  private static Scores scores(Task task, double[] label, double[] weight, double[][] prediction) {
    List<String> classes =
        switch (task) {
          case BINARY -> List.of("n", "y");
          case MULTICLASS -> List.of("a", "b", "c");
          case REGRESSION -> List.of();
        };
    return Scores.of(
        new LabelLayout(task, classes, 0, 1),
        LongStream.range(0, ROWS).toArray(),
        label,
        weight,
        prediction);
  }
}
