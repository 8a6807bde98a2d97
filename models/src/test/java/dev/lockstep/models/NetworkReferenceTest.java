package dev.lockstep.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.models.bench.LocalTraining;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against the numbers of {@code reference/make_networks.py}. */
class NetworkReferenceTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Stream<Arguments> cases() throws IOException {
    try (InputStream in =
        NetworkReferenceTest.class.getResourceAsStream("/reference/networks.json")) {
      JsonNode file = JSON.readTree(in);
      FeatureSchema schema = JSON.treeToValue(file.get("schema"), FeatureSchema.class);
      return StreamSupport.stream(file.get("cases").spliterator(), false)
          .map(node -> Arguments.of(node.get("model").get("name").asText(), schema, node));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void logits_loss_and_gradients_are_those_of_pytorch(
      String name, FeatureSchema schema, JsonNode expected) throws IOException {
    int outputs = expected.get("outputs").asInt();
    EstimatorSpec spec = JSON.treeToValue(expected.get("model"), EstimatorSpec.class);
    try (NDManager manager = NDManager.newBaseManager()) {
      Block block = Networks.create(manager, spec, schema, outputs, 1);
      List<Parameter> parameters = TestNetworks.parameters(block);
      assertThat(parameters).as(name).hasSameSizeAs(expected.get("parameters"));
      for (int i = 0; i < parameters.size(); i++) {
        parameters.get(i).getArray().set(floats(expected.get("parameters").get(i)));
      }
      int[] categories = JSON.treeToValue(expected.get("categorical"), int[].class);
      int rows = categories.length / schema.categorical();
      NDList inputs =
          new NDList(
              manager.create(floats(expected.get("numeric")), new Shape(rows, schema.numeric())),
              manager.create(categories, new Shape(rows, schema.categorical())));
      NDArray labels = manager.create(floats(expected.get("labels")));
      LocalTraining training = new LocalTraining(block, TestNetworks.classLoss(outputs));

      NDArray logits = training.logits(manager, inputs);
      float loss = training.backward(manager, inputs, labels, 0);

      assertArrayEquals(floats(expected.get("logits")), logits.toFloatArray(), 1e-5f);
      assertThat(loss).isCloseTo((float) expected.get("loss").asDouble(), within(1e-5f));
      for (int i = 0; i < parameters.size(); i++) {
        if (parameters.get(i).requiresGradient()) {
          assertArrayEquals(
              floats(expected.get("gradients").get(i)),
              training.gradient(parameters.get(i)).toFloatArray(),
              1e-5f,
              "gradient " + i);
        }
      }
    }
  }

  private static org.assertj.core.data.Offset<Float> within(float tolerance) {
    return org.assertj.core.data.Offset.offset(tolerance);
  }

  private static float[] floats(JsonNode values) throws IOException {
    return JSON.treeToValue(values, float[].class);
  }
}
