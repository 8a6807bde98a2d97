package dev.lockstep.evaluation.uncertainty;

import static dev.lockstep.evaluation.uncertainty.Simulated.binary;
import static dev.lockstep.evaluation.uncertainty.Simulated.contender;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.evaluation.metrics.Scores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.regression.OLSMultipleLinearRegression;
import org.junit.jupiter.api.Test;

/** How often claims are false, and intervals cover, where the truth is known. */
class SimulationTest {
  private static final int CASES = 300;

  /** What one case comes to. */
  private record Case(List<Contender> models, Units units) {
    Contrasts contrasts() {
      return Simulated.contrasts(models, units);
    }

    boolean claims() {
      return contrasts().pairs().stream().anyMatch(Contrast::shown);
    }
  }

  private static double claims(Function<Random, Case> simulation) {
    int claims = 0;
    for (int i = 0; i < CASES; i++) {
      claims += simulation.apply(new Random(31 * i + 7)).claims() ? 1 : 0;
    }
    return claims / (double) CASES;
  }

  private static double covered(double truth, Function<Random, Case> simulation) {
    int covered = 0;
    for (int i = 0; i < CASES; i++) {
      Interval interval =
          simulation
              .apply(new Random(17 * i + 3))
              .contrasts()
              .pairs()
              .get(0)
              .evidence()
              .orElseThrow()
              .interval();
      covered += interval.low() <= truth && truth <= interval.high() ? 1 : 0;
    }
    return covered / (double) CASES;
  }

  /** Scores of models on independent rows; what they share is half of their noise. */
  private static Case independent(Random random, double[] label, double... shifts) {
    double[] shared = Simulated.shared(random, label.length);
    List<Contender> models = new ArrayList<>();
    for (double shift : shifts) {
      models.add(
          contender(
              "model" + models.size(),
              binary(label, Simulated.scores(random, label, shared, shift))));
    }
    return new Case(models, Units.rows(label.length));
  }

  /** Two models of a number; errors of the second have so many times the spread. */
  private static Case regression(Random random, int rows, double times) {
    double[] label = Simulated.shared(random, rows);
    Scores[] models = new Scores[2];
    for (int m = 0; m < 2; m++) {
      double[] value = label.clone();
      for (int i = 0; i < rows; i++) {
        value[i] += random.nextGaussian() * (m == 0 ? 1 : times);
      }
      models[m] = Simulated.number(label, value);
    }
    return new Case(
        List.of(contender("a", models[0]), contender("b", models[1])), Units.rows(rows));
  }

  /** Keys of ten rows that share label and most of each model's error. */
  private static Case keys(Random random, int keys) {
    int rows = 10 * keys;
    double[] ofKey = Simulated.labels(random, keys);
    double[] label = new double[rows];
    long[] key = new long[rows];
    Arrays.setAll(label, i -> ofKey[i / 10]);
    Arrays.setAll(key, i -> i / 10);
    List<Contender> models = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      double[] shared = Simulated.shared(random, keys);
      double[] score = new double[rows];
      Arrays.setAll(score, i -> label[i] + shared[i / 10] + 0.4 * random.nextGaussian());
      models.add(contender(name, binary(label, score)));
    }
    return new Case(models, Units.keys(key));
  }

  /** Two models whose errors follow each other in time. */
  private static Case times(Random random, int rows, double memory) {
    double[] label = Simulated.shared(random, rows);
    double[] time = new double[rows];
    Arrays.setAll(time, i -> i);
    List<Contender> models = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      double[] value = new double[rows];
      double error = random.nextGaussian();
      for (int i = 0; i < rows; i++) {
        error = memory * error + Math.sqrt(1 - memory * memory) * random.nextGaussian();
        value[i] = label[i] + error;
      }
      models.add(contender(name, Simulated.number(label, value)));
    }
    return new Case(models, Units.blocks(time));
  }

  /**
   * Two procedures that are as good as each other: least squares of one half of the features and of
   * the other, on each of three times five splits.
   *
   * @param gain how much more the features of the first half count
   */
  private static Contrasts procedures(Random random, double gain) {
    int rows = 120;
    double[][][] features = new double[2][rows][3];
    double[] label = new double[rows];
    for (int i = 0; i < rows; i++) {
      label[i] = random.nextGaussian();
      for (int half = 0; half < 2; half++) {
        for (int f = 0; f < 3; f++) {
          features[half][i][f] = random.nextGaussian();
          label[i] += features[half][i][f] * (half == 0 ? 1 + gain : 1);
        }
      }
    }
    List<JudgedSplit> splits = new ArrayList<>();
    for (int repeat = 0; repeat < 3; repeat++) {
      List<Integer> order = new ArrayList<>(IntStream.range(0, rows).boxed().toList());
      Collections.shuffle(order, random);
      for (int fold = 0; fold < 5; fold++) {
        List<Integer> test = order.subList(fold * 24, (fold + 1) * 24);
        List<Integer> train = order.stream().filter(i -> !test.contains(i)).toList();
        List<Contender> models = new ArrayList<>();
        for (int half = 0; half < 2; half++) {
          models.add(contender("half" + half, leastSquares(features[half], label, train, test)));
        }
        splits.add(new JudgedSplit(models, Units.rows(24), 96));
      }
    }
    return Contrasts.of(splits, 5);
  }

  private static Scores leastSquares(
      double[][] features, double[] label, List<Integer> train, List<Integer> test) {
    OLSMultipleLinearRegression regression = new OLSMultipleLinearRegression();
    regression.newSampleData(
        train.stream().mapToDouble(i -> label[i]).toArray(),
        train.stream().map(i -> features[i]).toArray(double[][]::new));
    double[] beta = regression.estimateRegressionParameters();
    return Simulated.number(
        test.stream().mapToDouble(i -> label[i]).toArray(),
        test.stream()
            .mapToDouble(
                i ->
                    beta[0]
                        + beta[1] * features[i][0]
                        + beta[2] * features[i][1]
                        + beta[3] * features[i][2])
            .toArray());
  }

  private static double auc(double shift) {
    return new NormalDistribution().cumulativeProbability(shift / Math.sqrt(2));
  }

  @Test
  void claims_about_equal_models_are_false_as_often_as_is_said() {
    for (int rows : new int[] {60, 150, 600}) {
      assertFalseClaims(r -> independent(r, Simulated.labels(r, rows), 1, 1));
    }
    for (int rows : new int[] {150, 600}) {
      assertFalseClaims(r -> regression(r, rows, 1));
    }
    // Ten rows of the rarer class are enough.
    assertFalseClaims(r -> independent(r, Simulated.rare(600, 10), 1, 1));
  }

  @Test
  void keys_with_a_shared_label_are_not_taken_for_as_many_rows() {
    for (int keys : new int[] {40, 100}) {
      assertFalseClaims(r -> keys(r, keys));
    }
    // A third of the keys is positive: too few for a claim.
    assertThat(claims(r -> keys(r, 15))).isZero();
  }

  @Test
  void errors_that_follow_each_other_in_time_make_no_claims() {
    for (double memory : new double[] {0, 0.5}) {
      for (int rows : new int[] {300, 1000}) {
        assertFalseClaims(r -> times(r, rows, memory));
      }
    }
    assertFalseClaims(r -> times(r, 1000, 0.9));
  }

  @Test
  void among_seven_equal_models_any_claim_is_as_seldom_as_one() {
    double found = claims(r -> independent(r, Simulated.labels(r, 200), 1, 1, 1, 1, 1, 1, 1));
    assertThat(found).isLessThan(0.07);
  }

  @Test
  void repeated_splits_of_equal_procedures_make_few_claims() {
    int claims = 0;
    for (int i = 0; i < CASES; i++) {
      Contrasts found = procedures(new Random(1000 + i), 0);
      assertThat(found.unit()).isEqualTo(Units.Kind.split);
      assertThat(found.units()).isEqualTo(15);
      claims += found.pairs().get(0).shown() ? 1 : 0;
    }
    System.out.println("procedures " + claims / (double) CASES);
    assertThat(claims / (double) CASES).isBetween(0.03, 0.07);
  }

  @Test
  void a_better_procedure_is_found_over_repeated_splits() {
    int found = 0;
    for (int i = 0; i < 30; i++) {
      Contrast pair = procedures(new Random(i), 1).pairs().get(0);
      found += pair.shown() && pair.gain() > 0 ? 1 : 0;
    }
    assertThat(found).isGreaterThan(27);
  }

  @Test
  void intervals_cover_a_planted_gain() {
    assertThat(
            covered(auc(1.2) - auc(0.8), r -> independent(r, Simulated.labels(r, 300), 1.2, 0.8)))
        .isBetween(0.93, 0.97);
    assertThat(covered(0.2, r -> regression(r, 150, 1.2))).isBetween(0.93, 0.97);
  }

  @Test
  void a_gain_is_found_as_often_as_is_said() {
    double[] smallest = new double[CASES];
    for (int i = 0; i < CASES; i++) {
      smallest[i] =
          regression(new Random(i), 200, 1.2)
              .contrasts()
              .pairs()
              .get(0)
              .evidence()
              .orElseThrow()
              .smallestFound();
    }
    double gain = Arrays.stream(smallest).average().orElseThrow();
    assertThat(claims(r -> regression(r, 200, 1 + gain))).isBetween(0.73, 0.87);
  }

  private static void assertFalseClaims(Function<Random, Case> simulation) {
    assertThat(claims(simulation)).isBetween(0.03, 0.07);
  }
}
