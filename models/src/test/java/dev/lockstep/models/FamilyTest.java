package dev.lockstep.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import dev.lockstep.models.bench.LocalTraining;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every network of the catalogue. */
class FamilyTest {
  private static final FeatureSchema SCHEMA = TestNetworks.schema(4, 3, 70, 2);

  @ParameterizedTest
  @MethodSource("dev.lockstep.models.TestNetworks#families")
  void logits_are_batch_by_outputs_with_members_between(String name) {
    for (int outputs : new int[] {1, 3}) {
      try (NDManager manager = NDManager.newBaseManager()) {
        NDArray logits = logits(manager, name, SCHEMA, outputs, 7);
        Shape shape = logits.getShape();
        assertThat(shape.dimension()).isIn(2, 3);
        assertThat(shape.get(0)).isEqualTo(7);
        assertThat(shape.get(shape.dimension() - 1)).isEqualTo(outputs);
        assertFinite(logits);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.lockstep.models.TestNetworks#families")
  void features_may_be_numeric_or_categorical_only_and_rows_may_be_one(String name) {
    List<FeatureSchema> schemas =
        List.of(
            TestNetworks.schema(3),
            TestNetworks.schema(1),
            TestNetworks.schema(0, 4, 90),
            TestNetworks.schema(0, 2));
    for (FeatureSchema schema : schemas) {
      for (int rows : new int[] {1, 4}) {
        try (NDManager manager = NDManager.newBaseManager()) {
          Block block = create(manager, name, schema, 1);
          LocalTraining training = new LocalTraining(block, new Loss.Squared());
          NDList inputs = TestNetworks.rows(manager, schema, rows, 3);
          float loss = training.backward(manager, inputs, manager.ones(new Shape(rows)), 5);
          assertThat(loss).as(name + " of " + schema).isFinite();
          assertFinite(training.logits(manager, inputs));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.lockstep.models.TestNetworks#families")
  void a_row_is_predicted_alike_alone_and_among_others(String name) {
    try (NDManager manager = NDManager.newBaseManager()) {
      Block block = create(manager, name, SCHEMA, 1);
      LocalTraining training = new LocalTraining(block, new Loss.Squared());
      NDList rows = TestNetworks.rows(manager, SCHEMA, 6, 4);
      NDList one = new NDList(rows.get(0).get("4:5"), rows.get(1).get("4:5"));
      float[] among = training.logits(manager, rows).get(4).toFloatArray();
      float[] alone = training.logits(manager, one).get(0).toFloatArray();
      assertArrayEquals(among, alone, 1e-5f);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.lockstep.models.TestNetworks#families")
  void gradients_agree_with_finite_differences(String name) {
    try (NDManager manager = NDManager.newBaseManager()) {
      Block block = create(manager, name, SCHEMA, 1);
      LocalTraining training = new LocalTraining(block, new Loss.BinaryCrossEntropy(0));
      NDList inputs = TestNetworks.rows(manager, SCHEMA, 16, 6);
      NDArray labels = inputs.get(0).get(":, 0").gt(0).toType(inputs.get(0).getDataType(), false);
      // The same seed gives the same dropout masks, so the loss is a function of the weights.
      training.backward(manager, inputs, labels, 9);
      List<Parameter> trained = training.trained();
      float[][] gradients = new float[trained.size()][];
      for (int i = 0; i < gradients.length; i++) {
        gradients[i] = training.gradient(trained.get(i)).toFloatArray();
      }
      for (int i = 0; i < gradients.length; i++) {
        float[] values = trained.get(i).getArray().toFloatArray();
        float[] direction = new float[values.length];
        // Along the gradient, of length 1: there the slope is the gradient's own length, and large
        // against what float32 loses in the difference.
        double squares = 0;
        for (float g : gradients[i]) {
          squares += (double) g * g;
        }
        double expected = Math.sqrt(squares);
        for (int j = 0; j < values.length; j++) {
          direction[j] = (float) (gradients[i][j] / Math.max(expected, 1e-12));
        }
        float h = 3e-3f;
        double up = lossAt(training, trained.get(i), values, direction, h, inputs, labels);
        double down = lossAt(training, trained.get(i), values, direction, -h, inputs, labels);
        trained.get(i).getArray().set(values);
        double tolerance = 2e-4 + 0.02 * expected;
        assertThat((up - down) / (2 * h))
            .as(name + " " + trained.get(i).getName() + " " + i)
            .isCloseTo(expected, org.assertj.core.data.Offset.offset(tolerance));
      }
    }
  }

  private static double lossAt(
      LocalTraining training,
      Parameter parameter,
      float[] values,
      float[] direction,
      float step,
      NDList inputs,
      NDArray labels) {
    float[] moved = new float[values.length];
    for (int j = 0; j < values.length; j++) {
      moved[j] = values[j] + step * direction[j];
    }
    parameter.getArray().set(moved);
    try (NDManager manager = inputs.getManager().newSubManager()) {
      return training.backward(manager, inputs, labels, 9);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.lockstep.models.TestNetworks#families")
  void descent_lowers_the_loss(String name) {
    try (NDManager manager = NDManager.newBaseManager()) {
      Block block = create(manager, name, SCHEMA, 1);
      LocalTraining training = new LocalTraining(block, new Loss.BinaryCrossEntropy(0));
      NDList inputs = TestNetworks.rows(manager, SCHEMA, 32, 6);
      NDArray labels = inputs.get(0).get(":, 1").gt(0).toType(inputs.get(0).getDataType(), false);
      float first = training.backward(manager, inputs, labels, 1);
      float last = first;
      for (int step = 0; step < 20; step++) {
        for (Parameter parameter : training.trained()) {
          NDArray gradient = training.gradient(parameter).duplicate();
          // Steps of the gradient's sign: any network takes them, whatever its scales.
          NDArray move = gradient.sign().mul(1e-2f);
          parameter.getArray().set(parameter.getArray().stopGradient().sub(move).toByteBuffer());
        }
        last = training.backward(manager, inputs, labels, 1);
      }
      assertThat(last).as(name).isLessThan(0.95f * first);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.lockstep.models.TestNetworks#families")
  void a_pass_leaves_no_array_behind(String name) {
    try (NDManager manager = NDManager.newBaseManager()) {
      LocalTraining training =
          new LocalTraining(create(manager, name, SCHEMA, 1), new Loss.Squared());
      int before = manager.getManagedArrays().size();
      try (NDManager open = manager.newSubManager()) {
        training.backward(open, TestNetworks.rows(open, SCHEMA, 8, 1), open.ones(new Shape(8)), 1);
        training.logits(open, TestNetworks.rows(open, SCHEMA, 8, 1));
        assertThat(open.getManagedArrays()).isNotEmpty();
      }
      assertThat(manager.getManagedArrays()).hasSize(before);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.lockstep.models.TestNetworks#families")
  void training_defaults_are_names_of_an_experiments_training_section(String name) {
    Set<String> known =
        Set.of(
            "learningRate",
            "weightDecay",
            "batch",
            "epochs",
            "patience",
            "schedule",
            "warmup",
            "beta1",
            "beta2",
            "clipNorm",
            "ema");
    assertThat(known).containsAll(ModelFamily.named(name).trainingDefaults().keySet());
  }

  @ParameterizedTest
  @MethodSource("dev.lockstep.models.TestNetworks#families")
  void an_unknown_option_is_refused_with_the_known_ones(String name) {
    assertThatThrownBy(() -> ModelFamily.named(name).build(SCHEMA, 1, Map.of("hiden", 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no option 'hiden'")
        .hasMessageContaining("known are");
  }

  private static Block create(NDManager manager, String name, FeatureSchema schema, int outputs) {
    return Networks.create(manager, new EstimatorSpec(name, Map.of()), schema, outputs, 1);
  }

  private static NDArray logits(
      NDManager manager, String name, FeatureSchema schema, int outputs, int rows) {
    Block block = create(manager, name, schema, outputs);
    return new LocalTraining(block, TestNetworks.classLoss(outputs))
        .logits(manager, TestNetworks.rows(manager, schema, rows, 2));
  }

  private static void assertFinite(NDArray values) {
    float[] all = values.toFloatArray();
    for (float value : all) {
      assertThat(Float.isFinite(value)).as(Arrays.toString(all)).isTrue();
    }
  }
}
