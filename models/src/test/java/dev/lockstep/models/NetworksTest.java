package dev.lockstep.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class NetworksTest {
  private static final FeatureSchema SCHEMA = TestNetworks.schema(3, 4, 5);

  @Test
  void the_same_seed_gives_the_same_weights_whatever_other_threads_do()
      throws InterruptedException, ExecutionException {
    List<float[]> alone = weights("tabm-ple", 7);
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      Callable<List<float[]>> build = () -> weights("tabm-ple", 7);
      List<Future<List<float[]>>> builds = threads.invokeAll(List.of(build, build, build));
      for (Future<List<float[]>> other : builds) {
        assertSame(alone, other.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void another_seed_gives_other_weights() {
    assertThat(weights("mlp", 1).get(0)).isNotEqualTo(weights("mlp", 2).get(0));
  }

  @Test
  void a_later_layer_does_not_change_the_weights_before_it() {
    List<float[]> small = weights("mlp", 3);
    List<float[]> large =
        weights(new EstimatorSpec("mlp", Map.of("hidden", List.of(256, 256, 256))), 3);
    for (int i = 0; i < 5; i++) {
      assertThat(Arrays.equals(large.get(i), small.get(i))).as("parameter " + i).isTrue();
    }
  }

  @Test
  void layers_of_equal_shape_begin_with_different_weights() {
    List<float[]> weights =
        weights(new EstimatorSpec("mlp", Map.of("hidden", List.of(8, 8, 8))), 3);
    assertThat(weights.get(3)).hasSize(64).isNotEqualTo(weights.get(5));
  }

  @Test
  void members_of_an_ensemble_begin_alike_but_for_the_first_scale_and_the_heads() {
    List<float[]> weights =
        weights(new EstimatorSpec("tabm", Map.of("members", 2, "hidden", List.of(4, 4))), 5);
    float[] firstScale = weights.get(1);
    float[] firstBias = weights.get(3);
    float[] secondScale = weights.get(5);
    int half = firstScale.length / 2;
    assertThat(firstScale).containsOnly(-1, 1);
    assertThat(Arrays.copyOf(firstScale, half))
        .isNotEqualTo(Arrays.copyOfRange(firstScale, half, 2 * half));
    assertThat(Arrays.copyOf(firstBias, 4)).isEqualTo(Arrays.copyOfRange(firstBias, 4, 8));
    assertThat(secondScale).containsOnly(1);
  }

  @Test
  void an_unknown_network_is_refused_with_the_known_ones() {
    assertThatThrownBy(() -> weights("mpl", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unknown model 'mpl'")
        .hasMessageContaining("mlp, mlp-ple");
  }

  @Test
  void piecewise_embeddings_without_edges_are_refused() {
    assertThatThrownBy(
            () -> ModelFamily.named("mlp-ple").build(new FeatureSchema(2, List.of()), 1, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs the edges");
  }

  private static List<float[]> weights(String name, long seed) {
    return weights(new EstimatorSpec(name, Map.of()), seed);
  }

  private static List<float[]> weights(EstimatorSpec spec, long seed) {
    try (NDManager manager = NDManager.newBaseManager()) {
      Block block = Networks.create(manager, spec, SCHEMA, 1, seed);
      List<float[]> values = new ArrayList<>();
      TestNetworks.parameters(block).forEach(p -> values.add(p.getArray().toFloatArray()));
      return values;
    }
  }

  private static void assertSame(List<float[]> expected, List<float[]> actual) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(Arrays.equals(actual.get(i), expected.get(i))).as("parameter " + i).isTrue();
    }
  }
}
