package dev.lockstep.data.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
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
}
