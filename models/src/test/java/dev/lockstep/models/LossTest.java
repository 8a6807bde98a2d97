package dev.lockstep.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LossTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Stream<Arguments> cases() throws IOException {
    try (InputStream in = LossTest.class.getResourceAsStream("/reference/losses.json")) {
      return StreamSupport.stream(JSON.readTree(in).spliterator(), false)
          .map(node -> Arguments.of(node.get("spec") + " " + node.get("link"), node));
    }
  }

  /** Numbers of {@code reference/make_losses.py}. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void rows_and_gradients_are_those_of_pytorch(String name, JsonNode expected) throws IOException {
    float[][] logits = JSON.treeToValue(expected.get("logits"), float[][].class);
    Loss loss =
        Loss.of(
            JSON.treeToValue(expected.get("spec"), EstimatorSpec.class),
            Link.valueOf(expected.get("link").asText()),
            logits[0].length);
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray z = manager.create(logits);
      NDArray labels = manager.create(JSON.treeToValue(expected.get("labels"), float[].class));
      boolean before = JniUtils.isGradMode();
      JniUtils.setGradMode(true);
      try {
        JniUtils.attachGradient((PtNDArray) z, true);
        NDArray rows = loss.rows(z, labels);
        JniUtils.backward(
            (PtNDArray) rows.sum(), (PtNDArray) manager.ones(new Shape()), false, false);
        assertArrayEquals(
            JSON.treeToValue(expected.get("rows"), float[].class),
            rows.toFloatArray(),
            1e-5f,
            name);
        float[] gradient = JniUtils.getGradient((PtNDArray) z).toFloatArray();
        float[][] wanted = JSON.treeToValue(expected.get("gradient"), float[][].class);
        for (int i = 0; i < gradient.length; i++) {
          assertThat(gradient[i])
              .isCloseTo(
                  wanted[i / logits[0].length][i % logits[0].length],
                  org.assertj.core.data.Offset.offset(1e-5f));
        }
      } finally {
        JniUtils.setGradMode(before);
      }
    }
  }

  @Test
  void large_logits_stay_finite() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray labels = manager.create(new float[] {0, 1, 0, 1});
      NDArray one = manager.create(new float[][] {{200}, {-200}, {-200}, {200}});
      for (String name : List.of("cross-entropy", "focal")) {
        Loss loss = Loss.of(new EstimatorSpec(name, Map.of()), Link.SIGMOID, 1);
        assertArrayEquals(
            new float[] {200, 200, 0, 0}, loss.rows(one, labels).toFloatArray(), 1e-4f, name);
      }
    }
  }

  @Test
  void an_ensemble_gets_the_mean_of_its_members_losses() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray labels = manager.create(new float[] {1, 3});
      NDArray logits = manager.create(new float[] {1, 4, 3, 2}, new Shape(2, 2, 1));
      assertArrayEquals(
          new float[] {4.5f, 0.5f}, new Loss.Squared().rows(logits, labels).toFloatArray(), 0);
    }
  }

  @Test
  void the_default_is_that_of_the_task() {
    assertThat(Loss.of(Link.SIGMOID, 1)).isEqualTo(new Loss.BinaryCrossEntropy(0));
    assertThat(Loss.of(Link.SOFTMAX, 4)).isEqualTo(new Loss.CrossEntropy(4, 0));
    assertThat(Loss.of(Link.IDENTITY, 1)).isEqualTo(new Loss.Squared());
    assertThat(Loss.of(Link.IDENTITY, 3)).isEqualTo(new Loss.Pinball(List.of(0.25, 0.5, 0.75)));
  }

  @Test
  void what_does_not_fit_is_refused_by_name() {
    assertRefused("hinge", Map.of(), Link.SIGMOID, 1, "known are cross-entropy, focal");
    assertRefused("focal", Map.of(), Link.IDENTITY, 1, "known are squared, huber, pinball");
    assertRefused("focal", Map.of("gama", 1), Link.SIGMOID, 1, "no option 'gama'");
    assertRefused("huber", Map.of("delta", 0), Link.IDENTITY, 1, "loss huber.delta");
    assertRefused(
        "cross-entropy", Map.of("classWeights", List.of(1)), Link.SIGMOID, 1, "must be 2 numbers");
    assertRefused("pinball", Map.of("quantiles", List.of(0.1, 0.9)), Link.IDENTITY, 1, "2 outputs");
    assertRefused("cross-entropy", Map.of("smoothing", 1), Link.SOFTMAX, 3, "smoothing");
  }

  private static void assertRefused(
      String name, Map<String, Object> options, Link link, int outputs, String message) {
    EstimatorSpec spec = new EstimatorSpec(name, options);
    assertThatThrownBy(() -> Loss.of(spec, link, outputs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
