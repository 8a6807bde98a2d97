package dev.lockstep.evaluation.leaderboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.evaluation.metrics.Order;
import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.evaluation.uncertainty.Interval;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeaderboardTest {
  private static final int TABLES = 12;
  private static final int MODELS = 5;
  private static final int CASES = 1000;

  /** Errors of models of which each is worse than the one before by so much, and chance. */
  private static double[][] errors(Random random, double worse) {
    double[][] errors = new double[TABLES][MODELS];
    for (double[] table : errors) {
      Arrays.setAll(table, m -> m * worse + random.nextGaussian());
    }
    return errors;
  }

  private static double[][] ranks(double[][] errors) {
    return Arrays.stream(errors).map(Order::ranks).toArray(double[][]::new);
  }

  @Test
  void equal_values_share_their_ranks() {
    assertThat(Order.ranks(new double[] {3, 1, 3, 2, 3})).containsExactly(4, 1, 4, 2, 4);
  }

  @Test
  void of_models_that_are_alike_five_in_a_hundred_are_told_apart() {
    Random random = new Random(1);
    int friedman = 0;
    int pair = 0;
    for (int i = 0; i < CASES; i++) {
      double[][] errors = errors(random, 0);
      friedman += RankTests.friedman(ranks(errors)) < 0.05 ? 1 : 0;
      double[] differences = Arrays.stream(errors).mapToDouble(e -> e[1] - e[0]).toArray();
      pair += RankTests.signedRank(differences) < 0.05 ? 1 : 0;
    }
    assertThat(friedman / (double) CASES).isBetween(0.035, 0.065);
    // An exact test of twelve signs keeps below its level.
    assertThat(pair / (double) CASES).isBetween(0.025, 0.055);
    assertThat(RankTests.friedman(ranks(errors(random, 1)))).isLessThan(1e-4);
  }

  @Test
  void friedmans_test_knows_order_and_disorder() {
    double[][] same = {{1, 2, 3}, {1, 2, 3}, {1, 2, 3}};
    assertThat(RankTests.friedman(same)).isZero();
    assertThat(RankTests.friedman(new double[][] {{1.5, 1.5}, {1.5, 1.5}})).isEqualTo(1);
    assertThat(RankTests.friedman(new double[][] {{1, 2}, {2, 1}})).isEqualTo(1);
    assertThat(RankTests.friedman(new double[][] {{1, 2}})).isNaN();
  }

  @Test
  void wilcoxons_test_counts_all_signs() {
    assertThat(RankTests.signedRank(new double[] {1, 2, 3, 4, 5})).isEqualTo(2 / 32.0);
    assertThat(RankTests.signedRank(new double[] {1, 2, 3, 4, 5, 6, 0})).isEqualTo(2 / 64.0);
    // Below or at a sum of 3 are: nothing, 1, 2, 1 and 2, 3.
    assertThat(RankTests.signedRank(new double[] {-1, -2, 3, 4, 5})).isEqualTo(2 * 5 / 32.0);
    assertThat(RankTests.signedRank(new double[] {1, 1, -1})).isEqualTo(1);
    assertThat(RankTests.signedRank(new double[] {0, 0})).isEqualTo(1);
  }

  @Test
  void who_always_wins_has_a_finite_rating() {
    double[][] ten = new double[10][];
    Arrays.fill(ten, new double[] {0.1, 0.2});
    Elo elo = Elo.of(ten);
    // Ten games and half a drawn one, to half a game.
    double apart = 400 * Math.log10(10.5 / 0.5);
    assertThat(elo.ratings().get(0)).isEqualTo(1000 + apart / 2, within(1e-6));
    assertThat(elo.ratings().get(1)).isEqualTo(1000 - apart / 2, within(1e-6));
    assertThat(elo.intervals().get(0).low()).isEqualTo(elo.ratings().get(0), within(1e-6));
  }

  @Test
  void the_interval_of_a_rating_is_over_other_tables() {
    Elo elo = Elo.of(errors(new Random(2), 0.3));
    for (int m = 0; m < MODELS; m++) {
      Interval interval = elo.intervals().get(m);
      assertThat(interval.low()).isLessThan(elo.ratings().get(m));
      assertThat(interval.high()).isGreaterThan(elo.ratings().get(m));
    }
    assertThat(elo.ratings().get(0)).isGreaterThan(elo.ratings().get(MODELS - 1));
    assertThat(elo.ratings().stream().mapToDouble(r -> r).sum()).isEqualTo(5000, within(1e-6));
  }

  private static Standing standing(String name, double rank) {
    return new Standing(
        name, ModelResult.Kind.network, rank, 0, 1000, new Interval(0, 0, 0.95), 0, 0, 0, 0, 0);
  }

  private static Leaderboard board(String... shown) {
    List<Standing> four =
        IntStream.range(0, 4).mapToObj(i -> standing("abcd".substring(i, i + 1), 1 + i)).toList();
    List<Pair> pairs =
        IntStream.range(0, 16)
            .filter(i -> i / 4 < i % 4)
            .mapToObj(i -> "" + "abcd".charAt(i / 4) + "abcd".charAt(i % 4))
            .map(
                both ->
                    new Pair(
                        both.substring(0, 1),
                        both.substring(1),
                        5,
                        0.01,
                        List.of(shown).contains(both) ? 0.01 : 0.5))
            .toList();
    return new Leaderboard(9, four, 0.01, pairs);
  }

  private static List<String> groups(String... shown) {
    return board(shown).groups().stream()
        .map(g -> String.join("", g.stream().map(Standing::name).toList()))
        .toList();
  }

  @Test
  void a_group_has_no_pair_that_differs_and_lies_in_no_other() {
    assertThat(groups()).containsExactly("abcd");
    assertThat(groups("ad")).containsExactly("abc", "bcd");
    assertThat(groups("ab", "ac", "ad")).containsExactly("bcd");
    assertThat(groups("ab", "bc", "cd", "ac", "bd", "ad")).isEmpty();
  }

  @Test
  void the_sentence_says_what_is_shown_and_what_is_not() {
    assertThat(board("ad", "ac").verdict())
        .isEqualTo(
            "On 9 tables a has the best mean rank, 1.00, and is best on 0. It is better than c, d."
                + " No difference is shown from b.");
  }
}
