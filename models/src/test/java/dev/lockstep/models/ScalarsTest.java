package dev.lockstep.models;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.lockstep.models.bench.LocalStore;
import dev.lockstep.models.bench.ModelBench;
import dev.lockstep.models.engine.Libtorch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A garbage collection between forward and backward changes no gradient. */
class ScalarsTest {
  private static final FeatureSchema SCHEMA = ModelBench.schema(3, List.of(4, 5));

  @ParameterizedTest
  @ValueSource(strings = {"ft-transformer", "realmlp", "deepfm", "mlp", "dcn2", "resnet"})
  void of_networks(String model) throws InterruptedException {
    Loss loss = Loss.of(Link.SIGMOID, 1);
    assertThat(gradients(model, loss, true)).isDeepEqualTo(gradients(model, loss, false));
  }

  @Test
  void of_losses() throws InterruptedException {
    List<Loss> losses =
        List.of(
            new Loss.BinaryCrossEntropy(0.1),
            new Loss.Focal(new Loss.BinaryCrossEntropy(0), 2),
            new Loss.Huber(0.5),
            new Loss.Squared());
    for (Loss loss : losses) {
      assertThat(gradients("linear", loss, true)).isDeepEqualTo(gradients("linear", loss, false));
    }
  }

  private static float[][] gradients(String model, Loss loss, boolean collect)
      throws InterruptedException {
    try (NDManager manager = Libtorch.manager(1)) {
      Block block = Networks.create(manager, new EstimatorSpec(model, Map.of()), SCHEMA, 1, 1);
      JniUtils.setGradMode(true);
      List<PtNDArray> trained = new ArrayList<>();
      block
          .getParameters()
          .forEach(
              entry -> {
                Parameter parameter = entry.getValue();
                if (parameter.requiresGradient()) {
                  trained.add((PtNDArray) parameter.getArray());
                  JniUtils.attachGradient((PtNDArray) parameter.getArray(), true);
                }
              });
      NDArray numeric = manager.create(new float[] {0.1f, -0.5f, 1, 2, 0.3f, -1}, new Shape(2, 3));
      NDArray categorical = manager.create(new int[] {1, 2, 3, 0}, new Shape(2, 2));
      NDArray labels = manager.create(new float[] {1, 0});
      NDArray logits =
          block
              .forward(new LocalStore(manager, 7), new NDList(numeric, categorical), true)
              .singletonOrThrow();
      NDArray mean = loss.rows(logits, labels).mean();
      if (collect) {
        System.gc();
        Thread.sleep(200); // What was collected is given back by a thread of its own.
      }
      JniUtils.backward((PtNDArray) mean, (PtNDArray) manager.ones(new Shape()), false, false);
      List<float[]> gradients = new ArrayList<>();
      for (PtNDArray parameter : trained) {
        gradients.add(JniUtils.getGradient(parameter).toFloatArray());
      }
      return gradients.toArray(float[][]::new);
    } finally {
      JniUtils.setGradMode(false);
    }
  }
}
