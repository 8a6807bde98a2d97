package dev.lockstep.evaluation.uncertainty;

import static dev.lockstep.evaluation.uncertainty.Simulated.binary;
import static dev.lockstep.evaluation.uncertainty.Simulated.contender;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.evaluation.metrics.Scores;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;

class UncertaintyTest {
  private static final int CASES = 300;
  private static final int ROWS = 150;

  /** The AUC over all rows of scores that are so far apart. */
  private static double auc(double shift) {
    return new NormalDistribution().cumulativeProbability(shift / Math.sqrt(2));
  }

  /** Two models of one case; scores in steps, so that there are ties. */
  private static List<Contender> pair(Random random, double first, double second) {
    double[] label = Simulated.labels(random, ROWS);
    double[] shared = Simulated.shared(random, ROWS);
    return List.of(
        contender("a", binary(label, Simulated.scores(random, label, shared, first))),
        contender("b", binary(label, Simulated.scores(random, label, shared, second))));
  }

  private static Scores rounded(double[] label, double[] scores) {
    return binary(label, Arrays.stream(scores).map(s -> Math.rint(4 * s) / 4).toArray());
  }

  @Test
  void delong_intervals_cover_the_true_difference() {
    double truth = auc(1.2) - auc(0.8);
    int covered = 0;
    for (int i = 0; i < CASES; i++) {
      List<Contender> pair = pair(new Random(1000 + i), 1.2, 0.8);
      DeLong found = DeLong.test(pair.get(0), pair.get(1)).orElseThrow();
      covered += Math.abs(found.difference() - truth) <= 1.96 * found.standardError() ? 1 : 0;
    }
    assertThat(covered / (double) CASES).isBetween(0.90, 0.99);
  }

  @Test
  void where_there_is_no_difference_delong_seldom_finds_one() {
    int found = 0;
    for (int i = 0; i < CASES; i++) {
      List<Contender> pair = pair(new Random(5000 + i), 1, 1);
      found += DeLong.test(pair.get(0), pair.get(1)).orElseThrow().p() < 0.05 ? 1 : 0;
    }
    assertThat(found / (double) CASES).isBetween(0.01, 0.10);
  }

  @Test
  void several_seeds_make_an_interval_that_covers_other_seeds_too() {
    int oneSeed = 0;
    int threeSeeds = 0;
    for (int i = 0; i < CASES; i++) {
      Random random = new Random(9000 + i);
      double[] label = Simulated.labels(random, ROWS);
      double[] shared = Simulated.shared(random, ROWS);
      Scores[][] scores = new Scores[2][3];
      for (Scores[] model : scores) {
        for (int s = 0; s < 3; s++) {
          double shift = 1 + 0.5 * random.nextGaussian();
          model[s] = binary(label, Simulated.scores(random, label, shared, shift));
        }
      }
      // Both models are as good over all seeds, so the true difference is 0.
      oneSeed += covers(contender("a", scores[0][0]), contender("b", scores[1][0])) ? 1 : 0;
      threeSeeds += covers(contender("a", scores[0]), contender("b", scores[1])) ? 1 : 0;
    }
    assertThat(oneSeed / (double) CASES).isLessThan(0.80);
    assertThat(threeSeeds / (double) CASES).isBetween(0.93, 1.0);
  }

  private static boolean covers(Contender first, Contender second) {
    return !evidence(first, second).interval().excludesZero();
  }

  private static Evidence evidence(Contender first, Contender second) {
    Units units = Units.rows(first.bySeed().get(0).rows());
    return Simulated.contrasts(List.of(first, second), units)
        .pairs()
        .get(0)
        .evidence()
        .orElseThrow();
  }

  @Test
  void rows_that_all_weigh_twice_change_nothing() {
    Random random = new Random(3);
    double[] label = Simulated.labels(random, ROWS);
    double[] a = Simulated.scores(random, label, new double[ROWS], 1);
    double[] b = Simulated.scores(random, label, new double[ROWS], 0.5);
    double[] twice = new double[ROWS];
    Arrays.fill(twice, 2);
    Evidence once = evidence(contender("a", binary(label, a)), contender("b", binary(label, b)));
    Evidence heavier =
        evidence(contender("a", binary(label, twice, a)), contender("b", binary(label, twice, b)));
    assertThat(heavier.standardError()).isCloseTo(once.standardError(), within(1e-15));
    assertThat(once.interval().low()).isLessThan(once.interval().high());
  }

  @Test
  void on_single_rows_the_standard_error_of_an_auc_is_delongs() {
    Random random = new Random(6);
    double[] label = Simulated.labels(random, ROWS);
    double[] shared = Simulated.shared(random, ROWS);
    Contender a = contender("a", rounded(label, Simulated.scores(random, label, shared, 1)));
    Contender b = contender("b", rounded(label, Simulated.scores(random, label, shared, 0.5)));
    DeLong expected = DeLong.test(a, b).orElseThrow();
    Evidence found = evidence(a, b);
    assertThat(found.standardError()).isCloseTo(expected.standardError(), within(1e-14));
    assertThat(found.interval().low()).isLessThan(expected.difference());
  }

  @Test
  void rows_doubled_under_their_keys_are_as_sure_as_the_rows_alone() {
    Random random = new Random(12);
    double[] label = Simulated.labels(random, ROWS);
    double[] shared = Simulated.shared(random, ROWS);
    double[] a = Simulated.scores(random, label, shared, 1);
    double[] b = Simulated.scores(random, label, shared, 0.5);
    Evidence alone = evidence(contender("a", binary(label, a)), contender("b", binary(label, b)));
    long[] key = new long[2 * ROWS];
    Arrays.setAll(key, i -> i % ROWS);
    Contrasts doubled =
        Simulated.contrasts(
            List.of(
                contender("a", binary(twice(label), twice(a))),
                contender("b", binary(twice(label), twice(b)))),
            Units.keys(key));
    assertThat(doubled.unit()).isEqualTo(Units.Kind.key);
    assertThat(doubled.units()).isEqualTo(ROWS);
    Evidence found = doubled.pairs().get(0).evidence().orElseThrow();
    assertThat(found.standardError()).isCloseTo(alone.standardError(), within(1e-15));
    assertThat(found.degreesOfFreedom()).isCloseTo(alone.degreesOfFreedom(), within(1e-9));
    assertThat(doubled.pairs().get(0).deLong()).isEmpty();
  }

  private static double[] twice(double[] values) {
    double[] all = Arrays.copyOf(values, 2 * values.length);
    System.arraycopy(values, 0, all, values.length, values.length);
    return all;
  }

  @Test
  void one_row_of_a_class_gives_no_interval() {
    double[] label = Simulated.rare(50, 1);
    Scores scores = binary(label, Simulated.scores(new Random(2), label, new double[50], 1));
    Interval interval = Estimate.metric(contender("a", scores), Units.rows(50)).interval(0.95);
    assertThat(interval.low()).isNaN();
    assertThat(interval.high()).isNaN();
  }

  @Test
  void keys_of_one_row_each_are_rows() {
    assertThat(Units.keys(new long[] {3, 5, 4}).kind()).isEqualTo(Units.Kind.row);
    assertThat(Units.keys(new long[] {3, 5, 3}).count()).isEqualTo(2);
  }

  @Test
  void blocks_have_as_many_rows_each_as_equal_times_allow() {
    double[] times = new double[120];
    Arrays.setAll(times, i -> (i * 7) % 120);
    Units blocks = Units.blocks(times);
    double[] ones = new double[120];
    Arrays.fill(ones, 1);
    assertThat(blocks.sums(ones)).hasSize(12).containsOnly(10);
    Units days = Units.blocks(new double[] {1, 1, 1, 2, 2, 3});
    assertThat(days.count()).isEqualTo(3);
    assertThat(days.sums(new double[] {1, 1, 1, 1, 1, 1})).containsExactly(3, 2, 1);
  }

  @Test
  void probabilities_of_several_pairs_are_adjusted_as_holm_says() {
    assertThat(Holm.adjusted(new double[] {0.01, 0.04, 0.03, 0.005}))
        .containsExactly(new double[] {0.03, 0.06, 0.06, 0.02}, within(1e-15));
  }

  @Test
  void a_handful_of_a_class_makes_no_claim() {
    for (int positives : new int[] {0, 1, 2, 5, 9}) {
      double[] label = Simulated.rare(2000, positives);
      double[] right = label.clone();
      double[] wrong = new double[label.length];
      Arrays.setAll(wrong, i -> 1 - label[i]);
      Contrasts found =
          Simulated.contrasts(
              List.of(contender("a", binary(label, right)), contender("b", binary(label, wrong))),
              Units.rows(label.length));
      assertThat(found.tooFew().orElseThrow())
          .contains(positives + (positives == 1 ? " row" : " rows") + " of class y")
          .contains("needs 10");
      assertThat(found.pairs()).noneMatch(Contrast::shown);
    }
  }

  @Test
  void delong_with_ties_is_what_its_definition_says() {
    Random random = new Random(8);
    double[] label = Simulated.labels(random, 60);
    double[] shared = Simulated.shared(random, 60);
    Scores a = rounded(label, Simulated.scores(random, label, shared, 1.5));
    Scores b = rounded(label, Simulated.scores(random, label, shared, 0.5));
    DeLong found = DeLong.test(contender("a", a), contender("b", b)).orElseThrow();
    double[][] first = definition(a);
    double[][] second = definition(b);
    double variance = 0;
    double difference = 0;
    for (int c = 0; c < 2; c++) {
      double[] gaps = new double[first[c].length];
      for (int i = 0; i < gaps.length; i++) {
        gaps[i] = first[c][i] - second[c][i];
      }
      double mean = Arrays.stream(gaps).average().orElseThrow();
      double squares = Arrays.stream(gaps).map(g -> (g - mean) * (g - mean)).sum();
      variance += squares / (gaps.length - 1) / gaps.length;
      difference = mean;
    }
    assertThat(found.difference()).isCloseTo(difference, within(1e-12));
    assertThat(found.standardError()).isCloseTo(Math.sqrt(variance), within(1e-12));
  }

  /** Each row's share of the other class that it is ranked rightly against, pair by pair. */
  private static double[][] definition(Scores scores) {
    int[][] rows = new int[2][];
    for (int c = 0; c < 2; c++) {
      int own = c;
      rows[c] =
          java.util.stream.IntStream.range(0, scores.rows())
              .filter(i -> scores.label(i) == own)
              .toArray();
    }
    double[][] shares = {new double[rows[0].length], new double[rows[1].length]};
    for (int n = 0; n < rows[0].length; n++) {
      for (int p = 0; p < rows[1].length; p++) {
        double gap = scores.predicted(rows[1][p]) - scores.predicted(rows[0][n]);
        double right = gap > 0 ? 1 : gap == 0 ? 0.5 : 0;
        shares[0][n] += right / rows[1].length;
        shares[1][p] += right / rows[0].length;
      }
    }
    return shares;
  }

  @Test
  void delong_is_not_made_of_weighted_rows() {
    double[] label = {0, 1, 0, 1};
    double[] weight = {1, 2, 1, 1};
    double[] score = {0.1, 0.2, 0.3, 0.4};
    Contender weighted = contender("a", binary(label, weight, score));
    assertThat(DeLong.test(weighted, weighted)).isEmpty();
    assertThat(McNemar.test(weighted, weighted)).isEmpty();
  }

  @Test
  void mcnemar_is_exact_for_few_rows_and_corrected_for_many() {
    // 2 (C(9,0) + C(9,1)) / 2^9.
    McNemar few = McNemar.of(8, 1);
    assertThat(few.exact()).isTrue();
    assertThat(few.p()).isCloseTo(20 / 512.0, within(1e-12));
    // (|25 - 10| - 1)^2 / 35 = 5.6 of chi-square with one degree of freedom.
    McNemar many = McNemar.of(10, 25);
    assertThat(many.exact()).isFalse();
    assertThat(many.p()).isCloseTo(0.017960, within(1e-5));
    assertThat(McNemar.of(0, 0).p()).isEqualTo(1);
  }

  @Test
  void mcnemar_counts_the_rows_that_only_one_gets_right() {
    double[] label = {0, 1, 0, 1, 1};
    Contender a = contender("a", binary(label, new double[] {0.1, 0.9, 0.1, 0.9, 0.1}));
    Contender b = contender("b", binary(label, new double[] {0.9, 0.9, 0.9, 0.1, 0.9}));
    McNemar found = McNemar.test(a, b).orElseThrow();
    assertThat(found.onlyFirst()).isEqualTo(3);
    assertThat(found.onlySecond()).isEqualTo(1);
  }

  @Test
  void models_judged_on_other_rows_are_not_compared() {
    double[] score = {0.1, 0.2, 0.3, 0.4};
    Contender a = contender("a", binary(new double[] {0, 1, 0, 1}, score));
    Contender b = contender("b", binary(new double[] {0, 1, 1, 1}, score));
    assertThatThrownBy(() -> Simulated.contrasts(List.of(a, b), Units.rows(4)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("same rows");
  }
}
