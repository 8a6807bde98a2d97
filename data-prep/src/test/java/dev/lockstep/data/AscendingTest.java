package dev.lockstep.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AscendingTest {
  @Test
  void numbers_come_in_the_order_in_which_java_sorts_them_in_every_bit() {
    Random random = new Random(3);
    double[] special = {
      0,
      -0.0,
      1,
      -1,
      Double.MIN_VALUE,
      -Double.MIN_VALUE,
      Double.MAX_VALUE,
      -Double.MAX_VALUE,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY
    };
    for (int size : new int[] {0, 1, 2, 100, 5000}) {
      double[] values =
          DoubleStream.generate(
                  () ->
                      random.nextBoolean()
                          ? special[random.nextInt(special.length)]
                          : random.nextGaussian() * Math.exp(random.nextInt(200) - 100))
              .limit(size)
              .toArray();
      double[] expected = values.clone();
      Arrays.sort(expected);
      Ascending.sort(values);
      assertThat(Arrays.equals(values, expected)).as("%d numbers", size).isTrue();
    }
  }

  @Test
  void places_come_in_the_order_of_their_numbers() {
    Random random = new Random(4);
    long[] values = random.longs(5000).map(v -> v % 3 == 0 ? v >> 60 : v).toArray();
    int[] expected =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingLong(i -> values[i]))
            .mapToInt(i -> i)
            .toArray();
    assertThat(Ascending.order(values)).isEqualTo(expected);
    assertThat(Ascending.order(new long[0])).isEmpty();
  }

  @Test
  void numbers_that_agree_in_their_upper_bytes_stay_in_their_order() {
    long[] values = new Random(5).longs(5000).map(v -> v % 7 << 16 | v & 0xFFFF).toArray();
    long[] expected =
        Arrays.stream(values)
            .boxed()
            .sorted(Comparator.comparingLong(v -> v >> 16))
            .mapToLong(v -> v)
            .toArray();
    assertThat(Ascending.sorted(values, 2)).isEqualTo(expected);
  }
}
