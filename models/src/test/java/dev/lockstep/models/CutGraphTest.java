package dev.lockstep.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.lockstep.models.bench.LocalTraining;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Where ranks exchange moments the graph is cut, and each piece is differentiated once: no path may
 * lead around a cut.
 */
class CutGraphTest {
  @Test
  void a_network_with_batch_norms_is_differentiated_piece_by_piece() {
    FeatureSchema schema = TestNetworks.schema(3, 4);
    EstimatorSpec spec = new EstimatorSpec("resnet", Map.of("dropout", 0, "width", 8));
    Loss loss = new Loss.BinaryCrossEntropy(0);
    try (NDManager manager = NDManager.newBaseManager()) {
      Block block = Networks.create(manager, spec, schema, 1, 2);
      NDList inputs = TestNetworks.rows(manager, schema, 12, 3);
      NDArray labels = inputs.get(0).get(":, 0").gt(0).toType(inputs.get(0).getDataType(), false);
      LocalTraining whole = new LocalTraining(block, loss);
      whole.backward(manager, inputs, labels, 0);
      float[][] expected = gradients(whole.trained(), whole::gradient);
      for (Parameter parameter : whole.trained()) {
        JniUtils.attachGradient((PtNDArray) parameter.getArray(), true);
      }

      boolean before = JniUtils.isGradMode();
      JniUtils.setGradMode(true);
      try {
        CuttingStore store = new CuttingStore(manager);
        NDArray logits = block.forward(store, inputs, true).singletonOrThrow();
        PtNDArray mean = (PtNDArray) loss.rows(logits, labels).mean();
        JniUtils.backward(mean, (PtNDArray) manager.ones(new Shape()), false, false);
        store.backwardThroughCuts();
      } finally {
        JniUtils.setGradMode(before);
      }

      float[][] found =
          gradients(whole.trained(), p -> JniUtils.getGradient((PtNDArray) p.getArray()));
      for (int i = 0; i < expected.length; i++) {
        assertArrayEquals(expected[i], found[i], 1e-6f, "gradient " + i);
      }
    }
  }

  private static float[][] gradients(List<Parameter> trained, Function<Parameter, NDArray> of) {
    return trained.stream().map(p -> of.apply(p).toFloatArray()).toArray(float[][]::new);
  }

  /** Cuts the graph at its moments, as ranks do. */
  private static final class CuttingStore extends StepStore {
    private final NDManager manager;
    private final Deque<Moments> cuts = new ArrayDeque<>();
    private final Deque<NDArray> inputs = new ArrayDeque<>();

    CuttingStore(NDManager manager) {
      this.manager = manager;
    }

    @Override
    public Moments globalMoments(NDArray input) {
      PtNDArray x = JniUtils.detachGradient((PtNDArray) input);
      NDArray mean = x.mean(new int[] {0});
      NDArray centred = x.sub(mean);
      NDArray variance = centred.mul(centred).mean(new int[] {0});
      for (NDArray leaf : new NDArray[] {x, mean, variance}) {
        JniUtils.attachGradient((PtNDArray) leaf, true);
      }
      Moments moments = new Moments(x, mean, variance, input.getShape().get(0));
      cuts.push(moments);
      inputs.push(input);
      return moments;
    }

    void backwardThroughCuts() {
      while (!cuts.isEmpty()) {
        Moments cut = cuts.pop();
        NDArray x = JniUtils.detachGradient((PtNDArray) cut.input());
        NDArray mean = JniUtils.detachGradient((PtNDArray) cut.mean());
        NDArray ofMean = JniUtils.getGradient((PtNDArray) cut.mean());
        NDArray ofVariance = JniUtils.getGradient((PtNDArray) cut.variance());
        NDArray ofInput = JniUtils.getGradient((PtNDArray) cut.input());
        NDArray ofMoments = x.sub(mean).mul(2f).mul(ofVariance).add(ofMean).div(cut.rows());
        PtNDArray all = (PtNDArray) ofInput.add(ofMoments);
        JniUtils.backward((PtNDArray) inputs.pop(), all, false, false);
      }
    }

    @Override
    public NDArray dropoutMask(Shape shape, double rate) {
      throw new IllegalStateException("expected no dropout");
    }

    @Override
    public NDArray getValue(Parameter parameter, Device device, boolean training) {
      return parameter.getArray();
    }

    @Override
    public NDManager getManager() {
      return manager;
    }
  }
}
