package dev.lockstep.evaluation.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.distributor.loop.EpochReport;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BothListenersTest {
  private static final EpochReport EPOCH = new EpochReport(1, 1, 1, 1, 1, true, 0.1, 1, 1, 0, 0);

  private static ComparisonListener stopping(boolean stops) {
    return new ComparisonListener() {
      @Override
      public boolean stopsAfter(String model, EpochReport report) {
        return stops;
      }
    };
  }

  /** What is added to a listener must not be lost on the way to it. */
  @Test
  void everything_that_a_listener_hears_is_handed_on() {
    List<String> heard =
        Arrays.stream(ComparisonListener.class.getMethods())
            .filter(m -> !Modifier.isStatic(m.getModifiers()))
            .map(Method::getName)
            .filter(name -> !name.equals("and") && !name.equals("during"))
            .toList();
    for (Class<?> type : List.of(BothListeners.class, ForwardingListener.class)) {
      assertThat(heard)
          .as(type.getName())
          .isSubsetOf(
              Stream.<Class<?>>iterate(type, own -> own != Object.class, Class::getSuperclass)
                  .flatMap(own -> Arrays.stream(own.getDeclaredMethods()))
                  .map(Method::getName)
                  .toList());
    }
  }

  @Test
  void one_that_stops_a_training_is_enough() {
    for (boolean first : new boolean[] {false, true}) {
      for (boolean second : new boolean[] {false, true}) {
        ComparisonListener both = stopping(first).and(stopping(second));
        assertThat(both.stopsAfter("mlp", EPOCH)).isEqualTo(first || second);
      }
    }
  }
}
