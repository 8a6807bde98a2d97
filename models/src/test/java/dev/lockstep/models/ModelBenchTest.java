package dev.lockstep.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.models.bench.ModelBench;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelBenchTest {
  @Test
  void sizes_are_counted_and_speeds_measured() {
    ModelBench bench = new ModelBench(ModelBench.schema(3, List.of(5)), 64, 1, 0.05);
    ModelBench.Speed speed =
        bench.measure(new EstimatorSpec("mlp", Map.of("hidden", List.of(16), "embedding", 2)));
    assertThat(speed.model()).isEqualTo("mlp");
    assertThat(speed.parameters()).isEqualTo(5 * 2 + (3 + 2) * 16 + 16 + 16 + 1);
    assertThat(speed.trainRowsPerSecond()).isPositive().isFinite();
    // Which is faster, and by how much, is for the bench to say: this machine may be busy.
    assertThat(speed.predictRowsPerSecond()).isPositive().isFinite();
  }

  @Test
  void a_perceptron_is_measured_against_its_bare_products() {
    ModelBench.Ceiling ceiling =
        new ModelBench(ModelBench.schema(28, List.of()), 1024, 1, 1).ceiling(List.of(256, 256));
    // The target is 0.85 on a machine that does nothing else, which a test cannot ask for.
    assertThat(ceiling.share()).isPositive().isFinite();
  }
}
