package dev.lockstep.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;

class LinkTest {
  @Test
  void one_logit_becomes_the_probabilities_of_both_classes() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray logits = manager.create(new float[][] {{0}, {(float) Math.log(3)}});
      assertArrayEquals(
          new float[] {0.5f, 0.5f, 0.25f, 0.75f},
          Link.SIGMOID.predictions(logits).toFloatArray(),
          1e-6f);
    }
  }

  @Test
  void logits_become_probabilities_that_sum_to_one() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray logits =
          manager.create(new float[][] {{0, (float) Math.log(2), (float) Math.log(5)}});
      assertArrayEquals(
          new float[] {0.125f, 0.25f, 0.625f},
          Link.SOFTMAX.predictions(logits).toFloatArray(),
          1e-6f);
    }
  }

  @Test
  void members_are_averaged_after_the_link() {
    try (NDManager manager = NDManager.newBaseManager()) {
      float log3 = (float) Math.log(3);
      NDArray logits = manager.create(new float[] {0, log3, -log3, log3}, new Shape(2, 2, 1));
      assertArrayEquals(
          new float[] {0.375f, 0.625f, 0.5f, 0.5f},
          Link.SIGMOID.predictions(logits).toFloatArray(),
          1e-6f);
      assertArrayEquals(
          new float[] {log3 / 2, 0}, Link.IDENTITY.predictions(logits).toFloatArray(), 1e-6f);
    }
  }
}
