package dev.lockstep.data.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;

class NormalScoresTest {
  @Test
  void a_uniform_column_becomes_normal() {
    double[] values = new Random(1).doubles(20_000).sorted().toArray();
    NumericFeature.Transform scores =
        NumericFeature.fit("u", "quantile", values, false).transform();
    double[] encoded = Arrays.stream(values).map(scores::apply).toArray();
    double mean = Arrays.stream(encoded).average().orElseThrow();
    double variance =
        Arrays.stream(encoded).map(v -> (v - mean) * (v - mean)).average().getAsDouble();
    assertThat(mean).isCloseTo(0, within(0.01));
    assertThat(variance).isCloseTo(1, within(0.02));
  }

  @Test
  void values_that_repeat_stand_in_the_middle_of_their_share() {
    double[] values = new double[1000];
    for (int i = 900; i < 1000; i++) {
      values[i] = i;
    }
    NumericFeature.Transform scores =
        NumericFeature.fit("spiky", "quantile", values, false).transform();
    // Nine tenths are 0, so 0 stands at 0.45, -0.126 in a normal distribution, give or take half a
    // quantile.
    assertThat(scores.apply(0)).isCloseTo(-0.126, within(0.04));
    assertThat(scores.apply(-5)).isLessThan(-5);
    assertThat(scores.apply(2000)).isGreaterThan(5);
  }

  @Test
  void a_value_that_fills_a_bin_has_an_edge_of_its_own_and_leaves_the_others_to_the_rest() {
    float[] values = new float[10_000];
    for (int i = 9_200; i < values.length; i++) {
      values[i] = i;
    }
    List<Float> edges = Edges.of(values);
    assertThat(edges).hasSizeBetween(40, 49).contains(0f, 9_999f).isSorted();
  }

  @Test
  void the_inverse_normal_is_right_to_float_precision() {
    NormalDistribution exact = new NormalDistribution(null, 0, 1);
    for (double share = 1e-7; share < 1; share = share < 0.001 ? share * 1.3 : share + 0.00097) {
      double expected = exact.inverseCumulativeProbability(share);
      assertThat(InverseNormal.of(share))
          .isCloseTo(expected, within(4e-7 * Math.max(1, Math.abs(expected))));
      assertThat(InverseNormal.of(1 - share)).isCloseTo(-expected, within(2e-6));
    }
  }

  @Test
  void scores_are_those_of_quantiles_and_lines_between_them() {
    Random random = new Random(7);
    double[] values =
        random.doubles(40_000).map(u -> Math.floor(50 / (u + 0.01)) / 3).sorted().toArray();
    NumericFeature feature = NumericFeature.fit("v", "quantile", values, false);
    double[] quantiles = feature.statistics().stream().mapToDouble(q -> q).toArray();
    NormalDistribution exact = new NormalDistribution(null, 0, 1);
    NumericFeature.Transform scores = feature.transform();
    for (double value : random.doubles(5_000, -10, values[values.length - 1] * 1.1).toArray()) {
      double share = (share(quantiles, value, true) + share(quantiles, value, false)) / 2;
      double clipped = Math.min(1 - 1e-7, Math.max(1e-7, share));
      assertThat(scores.apply(value))
          .isCloseTo(exact.inverseCumulativeProbability(clipped), within(3e-6));
    }
    assertThat(scores.apply(quantiles[500]))
        .isBetween(scores.apply(quantiles[499]), scores.apply(quantiles[502]));
  }

  @Test
  void many_values_at_once_are_encoded_as_each_alone_in_every_bit() {
    Random random = new Random(3);
    List<DoubleSupplier> columns =
        List.of(
            random::nextGaussian,
            random::nextDouble,
            () -> Math.exp(3 * random.nextGaussian()),
            () -> -Math.exp(3 * random.nextGaussian()),
            () -> Math.floor(10 * random.nextGaussian()),
            () -> random.nextInt(10) > 0 ? -0.0 : random.nextGaussian(),
            () -> 1e300 * random.nextGaussian(),
            () -> 7);
    for (DoubleSupplier column : columns) {
      for (int rows : new int[] {1, 40, 3_000, 50_000}) {
        double[] sample = DoubleStream.generate(column).limit(rows).sorted().toArray();
        NumericFeature feature = NumericFeature.fit("v", "quantile", sample, false);
        NumericFeature.Transform scores = feature.transform();
        double[] values =
            Stream.of(
                    DoubleStream.generate(column).limit(20_000),
                    feature.statistics().stream().mapToDouble(q -> q),
                    DoubleStream.of(-1e308, 1e308, 0.0, -0.0),
                    DoubleStream.of(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY))
                .flatMapToDouble(v -> v)
                .toArray();
        float[] encoded = new float[values.length];
        scores.apply(values, encoded);
        for (int i = 0; i < values.length; i++) {
          assertThat(Float.floatToIntBits(encoded[i]))
              .as("%s of %d rows", values[i], rows)
              .isEqualTo(Float.floatToIntBits((float) scores.apply(values[i])));
        }
      }
    }
  }

  /** By a search from one end, as one would on paper. */
  private static double share(double[] quantiles, double value, boolean fromLeft) {
    int last = quantiles.length - 1;
    if (value < quantiles[0] || value > quantiles[last]) {
      return value < quantiles[0] ? 0 : 1;
    }
    if (fromLeft) {
      int at = 0;
      while (quantiles[at] < value) {
        at++;
      }
      return quantiles[at] == value ? (double) at / last : between(quantiles, at - 1, value);
    }
    int at = last;
    while (quantiles[at] > value) {
      at--;
    }
    return quantiles[at] == value ? (double) at / last : between(quantiles, at, value);
  }

  private static double between(double[] quantiles, int at, double value) {
    return (at + (value - quantiles[at]) / (quantiles[at + 1] - quantiles[at]))
        / (quantiles.length - 1);
  }
}
