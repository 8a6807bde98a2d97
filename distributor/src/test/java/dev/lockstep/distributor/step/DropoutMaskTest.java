package dev.lockstep.distributor.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.distributor.random.CounterRandom;
import java.nio.FloatBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutMaskTest {
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.5, 0.95})
  void a_value_is_zero_where_its_sixteen_bits_are_below_the_rate(double rate) {
    int values = 10_003;
    FloatBuffer mask = FloatBuffer.allocate(values);
    DropoutMask.fill(mask, 5, values, rate, new float[4096]);
    assertThat(mask.position()).isEqualTo(values);
    long threshold = Math.round(rate * 65536);
    for (int i = 0; i < values; i++) {
      long bits = CounterRandom.bits(5, i / 4) >>> (16 * (i % 4)) & 0xFFFF;
      assertThat(mask.get(i)).isEqualTo(bits < threshold ? 0 : (float) (1 / (1 - rate)));
    }
  }
}
