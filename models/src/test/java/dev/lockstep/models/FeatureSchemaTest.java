package dev.lockstep.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureSchemaTest {
  @Test
  void a_schema_needs_a_feature() {
    assertThatThrownBy(() -> new FeatureSchema(0, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one feature");
    assertThat(new FeatureSchema(0, List.of(2)).categorical()).isEqualTo(1);
  }

  @Test
  void edges_are_those_of_all_numeric_features_or_none() {
    assertThatThrownBy(() -> new FeatureSchema(2, List.of(List.of(0f)), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("edges of 2 numeric features, got 1");
  }

  @Test
  void edges_must_ascend_and_be_finite() {
    for (List<Float> edges :
        List.of(List.of(0f, 0f), List.of(1f, 0f), List.of(0f, Float.NaN), List.of(0f, 1 / 0f))) {
      assertThatThrownBy(() -> new FeatureSchema(1, List.of(edges), List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("numeric feature 0")
          .hasMessageContaining("edge 1");
    }
  }

  @Test
  void a_category_needs_an_index() {
    assertThatThrownBy(() -> new FeatureSchema(0, List.of(3, 0)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
