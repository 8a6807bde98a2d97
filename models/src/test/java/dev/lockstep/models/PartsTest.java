package dev.lockstep.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.bench.LocalStore;
import dev.lockstep.models.layers.Attention;
import dev.lockstep.models.layers.BatchNorm;
import dev.lockstep.models.layers.Categories;
import dev.lockstep.models.layers.Crosses;
import dev.lockstep.models.layers.Dropout;
import dev.lockstep.models.layers.EmbeddedFeatures;
import dev.lockstep.models.layers.Layer;
import dev.lockstep.models.layers.PiecewiseLinear;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Parts by numbers that one can work out by hand. */
class PartsTest {
  @Test
  void batch_norm_normalises_by_the_batch_and_moves_its_running_moments() {
    try (NDManager manager = NDManager.newBaseManager()) {
      BatchNorm norm = initialised(manager, new BatchNorm(1));
      norm.getParameters().get("gamma").getArray().set(new float[] {1});
      norm.getParameters().get("runningVariance").getArray().set(new float[] {1});
      NDArray x = manager.create(new float[] {1, 3}, new Shape(2, 1));
      NDArray y = norm.apply(new LocalStore(manager, 0), x, true);
      assertArrayEquals(new float[] {-1, 1}, y.toFloatArray(), 1e-4f);
      // Mean 2, unbiased variance 2; a tenth of them is taken.
      assertArrayEquals(new float[] {0.2f}, values(norm, "runningMean"), 1e-6f);
      assertArrayEquals(new float[] {1.1f}, values(norm, "runningVariance"), 1e-6f);
      NDArray later = norm.apply(new LocalStore(manager, 0), x, false);
      float deviation = (float) Math.sqrt(1.1f + 1e-5f);
      assertArrayEquals(
          new float[] {0.8f / deviation, 2.8f / deviation}, later.toFloatArray(), 1e-5f);
    }
  }

  @Test
  void batch_norm_of_one_row_stays_finite() {
    try (NDManager manager = NDManager.newBaseManager()) {
      BatchNorm norm = initialised(manager, new BatchNorm(2));
      norm.apply(
          new LocalStore(manager, 0), manager.create(new float[] {1, 3}, new Shape(1, 2)), true);
      assertThat(values(norm, "runningVariance")).containsExactly(0, 0);
    }
  }

  @Test
  void dropout_keeps_the_mean_and_draws_new_numbers_for_every_layer() {
    try (NDManager manager = NDManager.newBaseManager()) {
      LocalStore store = new LocalStore(manager, 3);
      NDArray ones = manager.ones(new Shape(200, 100));
      float[] first = Dropout.apply(store, ones, 0.25, true).toFloatArray();
      float[] second = Dropout.apply(store, ones, 0.25, true).toFloatArray();
      double mean = 0;
      for (float value : first) {
        assertThat(value == 0 || Math.abs(value - 4f / 3) < 1e-6).isTrue();
        mean += value / first.length;
      }
      assertThat(mean).isBetween(0.98, 1.02);
      assertThat(java.util.Arrays.equals(first, second)).isFalse();
      assertThat(Dropout.apply(store, ones, 0.25, false)).isSameAs(ones);
      assertThatThrownBy(() -> Dropout.apply(new ParameterStore(manager, false), ones, 0.5, true))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("StepStore");
    }
  }

  @Test
  void a_piecewise_linear_encoding_is_one_below_its_value_and_goes_on_beyond_the_ends() {
    try (NDManager manager = NDManager.newBaseManager()) {
      FeatureSchema schema = new FeatureSchema(1, List.of(List.of(0f, 1f, 3f, 4f)), List.of());
      PiecewiseLinear layer =
          initialised(manager, new PiecewiseLinear(schema, 3, PiecewiseLinear.Kind.RELU));
      // The identity as weights: the embedding is the encoding, but for what ReLU cuts off.
      layer.getParameters().get("weight").getArray().set(new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1});
      NDArray x = manager.create(new float[] {0.5f, 2, 6}, new Shape(3, 1));
      assertArrayEquals(
          new float[] {0.5f, 0, 0, 1, 0.5f, 0, 1, 1, 3},
          layer.apply(new LocalStore(manager, 0), x, false).toFloatArray());
    }
  }

  @Test
  void bins_of_a_hair_keep_their_digits() {
    try (NDManager manager = NDManager.newBaseManager()) {
      float up = Math.nextUp(4f);
      FeatureSchema schema = new FeatureSchema(1, List.of(List.of(4f, up, 5f)), List.of());
      PiecewiseLinear layer =
          initialised(manager, new PiecewiseLinear(schema, 2, PiecewiseLinear.Kind.RELU));
      layer.getParameters().get("weight").getArray().set(new float[] {1, 0, 0, 1});
      NDArray x = manager.create(new float[] {4, up}, new Shape(2, 1));
      assertArrayEquals(
          new float[] {0, 0, 1, 0},
          layer.apply(new LocalStore(manager, 0), x, false).toFloatArray());
    }
  }

  @Test
  void few_categories_are_one_hot_and_many_embedded() {
    try (NDManager manager = NDManager.newBaseManager()) {
      Categories layer =
          initialised(
              manager,
              new Categories(
                  EmbeddedFeatures.dense(List.of(3, 10, 2)), 3, 2, new Initial.Constant(0)));
      float[] table = new float[20];
      table[2 * 7] = 0.5f;
      table[2 * 7 + 1] = -0.5f;
      layer.getParameters().get(0).getValue().getArray().set(table);
      NDArray c = manager.create(new int[] {1, 7, 0, 2, 0, 1}, new Shape(2, 3));
      assertThat(layer.outputs()).isEqualTo(7);
      assertArrayEquals(
          new float[] {0, 1, 0, 1, 0, 0.5f, -0.5f, 0, 0, 1, 0, 1, 0, 0},
          layer.apply(new LocalStore(manager, 0), c, false).toFloatArray());
    }
  }

  @Test
  void crosses_number_the_pairs_that_are_small_enough() {
    try (NDManager manager = NDManager.newBaseManager()) {
      Crosses crosses = initialised(manager, new Crosses(List.of(3, 4, 50), 150));
      assertThat(crosses.cardinalities()).containsExactly(12, 150);
      NDArray c = manager.create(new int[] {2, 1, 49}, new Shape(1, 3));
      assertThat(crosses.apply(new LocalStore(manager, 0), c, false).toIntArray())
          .containsExactly(2 * 4 + 1, 2 * 50 + 49);
    }
  }

  @Test
  void heads_must_divide_the_width() {
    assertThatThrownBy(() -> new Attention(10, 4, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("multiple of the number of heads, 4");
  }

  private static <L extends Layer> L initialised(NDManager manager, L layer) {
    layer.initialize(manager, DataType.FLOAT32, new Shape(1));
    return layer;
  }

  private static float[] values(Layer layer, String name) {
    Parameter parameter = layer.getParameters().get(name);
    return parameter.getArray().toFloatArray();
  }
}
