package dev.lockstep.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import dev.lockstep.models.bench.LocalTraining;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SavedNetworkTest {
  private static final FeatureSchema SCHEMA = TestNetworks.schema(3, 4, 11);

  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("dev.lockstep.models.TestNetworks#families")
  void predictions_have_the_same_bits_after_saving(String name) throws IOException {
    try (NDManager manager = NDManager.newBaseManager()) {
      Block block = save(manager, name, Link.SOFTMAX, 3);
      NDList inputs = TestNetworks.rows(manager, SCHEMA, 9, 5);
      LocalTraining training = new LocalTraining(block, new Loss.CrossEntropy(3, 0));
      // A pass in training, so that running moments are no longer where they begin.
      training.backward(manager, inputs, manager.zeros(new ai.djl.ndarray.types.Shape(9)), 3);
      SavedNetwork.write(folder, block, card(name, Link.SOFTMAX, 3));
      float[] expected = Link.SOFTMAX.predictions(training.logits(manager, inputs)).toFloatArray();
      try (SavedNetwork saved = SavedNetwork.open(folder)) {
        float[][] found = saved.predict(numeric(inputs), categorical(inputs));
        for (int row = 0; row < 9; row++) {
          assertArrayEquals(Arrays.copyOfRange(expected, 3 * row, 3 * row + 3), found[row]);
        }
      }
    }
  }

  @Test
  void values_come_back_in_the_labels_units() throws IOException {
    try (NDManager manager = NDManager.newBaseManager()) {
      save(manager, "mlp", Link.IDENTITY, 1);
      NDList inputs = TestNetworks.rows(manager, SCHEMA, 2, 5);
      float[][] plain;
      try (SavedNetwork saved = SavedNetwork.open(folder)) {
        plain = saved.predict(numeric(inputs), categorical(inputs));
      }
      Path card = folder.resolve(SavedNetwork.CARD);
      String json = Files.readString(card);
      Files.writeString(
          card,
          json.replaceAll("\"labelMean\" : 0.0", "\"labelMean\" : 10.0")
              .replaceAll("\"labelDeviation\" : 1.0", "\"labelDeviation\" : 4.0"));
      try (SavedNetwork saved = SavedNetwork.open(folder)) {
        float[][] scaled = saved.predict(numeric(inputs), categorical(inputs));
        assertThat(scaled[1][0]).isEqualTo((float) (plain[1][0] * 4.0 + 10.0));
      }
    }
  }

  @Test
  void more_rows_than_a_chunk_are_predicted_in_order() throws IOException {
    try (NDManager manager = NDManager.newBaseManager()) {
      save(manager, "mlp", Link.SIGMOID, 1);
      NDList inputs = TestNetworks.rows(manager, SCHEMA, 5000, 8);
      float[][] x = numeric(inputs);
      int[][] c = categorical(inputs);
      try (SavedNetwork saved = SavedNetwork.open(folder)) {
        float[][] all = saved.predict(x, c);
        float[][] last = saved.predict(new float[][] {x[4999]}, new int[][] {c[4999]});
        assertThat(all).hasNumberOfRows(5000);
        assertArrayEquals(last[0], all[4999], 1e-6f);
        assertThat(saved.predict(new float[0][], new int[0][])).isEmpty();
      }
    }
  }

  @Test
  void threads_that_predict_at_once_do_not_disturb_each_other() throws Exception {
    try (NDManager manager = NDManager.newBaseManager()) {
      save(manager, "tabm-ple", Link.SIGMOID, 1);
      NDList inputs = TestNetworks.rows(manager, SCHEMA, 50, 8);
      float[][] x = numeric(inputs);
      int[][] c = categorical(inputs);
      ExecutorService threads = Executors.newFixedThreadPool(4);
      try (SavedNetwork saved = SavedNetwork.open(folder)) {
        float[][] alone = saved.predict(x, c);
        List<Future<float[][]>> together =
            threads.invokeAll(Collections.nCopies(40, () -> saved.predict(x, c)));
        for (Future<float[][]> predictions : together) {
          assertThat(Arrays.deepEquals(predictions.get(), alone)).isTrue();
        }
      } finally {
        threads.shutdown();
      }
    }
  }

  @Test
  void rows_that_do_not_fit_are_refused_by_number() throws IOException {
    try (NDManager manager = NDManager.newBaseManager()) {
      save(manager, "mlp", Link.SIGMOID, 1);
      try (SavedNetwork saved = SavedNetwork.open(folder)) {
        float[][] x = {{0, 0, 0}};
        assertThatThrownBy(() -> saved.predict(x, new int[][] {{0, 11}}))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("row 0 has index 11 in categorical feature 1")
            .hasMessageContaining("0 to 10");
        assertThatThrownBy(() -> saved.predict(new float[][] {{0}}, new int[][] {{0, 0}}))
            .hasMessageContaining("1 numeric features, the network 3");
        assertThatThrownBy(() -> saved.predict(x, new int[0][]))
            .hasMessageContaining("1 rows of numeric, but 0 of categorical");
      }
    }
  }

  @Test
  void a_changed_byte_of_the_weights_is_noticed() throws IOException {
    try (NDManager manager = NDManager.newBaseManager()) {
      save(manager, "mlp", Link.SIGMOID, 1);
    }
    Path weights = folder.resolve(SavedNetwork.WEIGHTS);
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 2] ^= 1;
    Files.write(weights, bytes);
    assertThatThrownBy(() -> SavedNetwork.open(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("SHA-256");
  }

  @Test
  void a_card_that_lies_about_sizes_is_refused_before_anything_is_allocated() throws IOException {
    try (NDManager manager = NDManager.newBaseManager()) {
      save(manager, "mlp", Link.SIGMOID, 1);
    }
    Path card = folder.resolve(SavedNetwork.CARD);
    String json = Files.readString(card);
    for (String outputs : List.of("2", "1000000000", "2147483647")) {
      Files.writeString(card, json.replace("\"outputs\" : 1", "\"outputs\" : " + outputs));
      assertThatThrownBy(() -> SavedNetwork.open(folder))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("does not have the shape");
    }
  }

  @Test
  void a_torn_foreign_or_longer_weights_file_is_refused() throws IOException {
    try (NDManager manager = NDManager.newBaseManager()) {
      Block block = Networks.create(manager, spec("linear"), SCHEMA, 1, 1);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Weights.write(block, out);
      byte[] bytes = out.toByteArray();
      for (int length = 0; length < bytes.length; length++) {
        byte[] torn = Arrays.copyOf(bytes, length);
        assertThatThrownBy(() -> Weights.read(block, new ByteArrayInputStream(torn)))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("ends early");
      }
      byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
      assertThatThrownBy(() -> Weights.read(block, new ByteArrayInputStream(longer)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("goes on");
      byte[] foreign =
          "PK and other things that are not weights"
              .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      assertThatThrownBy(() -> Weights.read(block, new ByteArrayInputStream(foreign)))
          .hasMessageContaining("not a weights file");
      Block other = Networks.create(manager, spec("mlp"), SCHEMA, 1, 1);
      assertThatThrownBy(() -> Weights.read(other, new ByteArrayInputStream(bytes)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("parameters, but the network has");
    }
  }

  @Test
  void a_card_of_another_form_is_refused() {
    String json = card("mlp", Link.SIGMOID, 1).toJson();
    assertThat(ModelCard.fromJson(json)).isEqualTo(card("mlp", Link.SIGMOID, 1));
    assertThatThrownBy(() -> ModelCard.fromJson(json.replace("\"format\" : 1", "\"format\" : 2")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("format 2");
    assertThatThrownBy(() -> ModelCard.fromJson(json.replace("\"outputs\"", "\"exits\"")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("exits");
    assertThatThrownBy(() -> ModelCard.fromJson("{")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void edges_and_options_survive_the_card() {
    ModelCard card =
        new ModelCard(
            ModelCard.FORMAT,
            new EstimatorSpec("mlp-ple", Map.of("hidden", List.of(4, 3), "dropout", 0.25)),
            new FeatureSchema(1, List.of(List.of(-0.1f, 1e-7f, 3.4028235e38f)), List.of(2)),
            1,
            Link.SIGMOID,
            List.of("<=50K", ">50K"),
            0,
            1,
            "");
    assertThat(ModelCard.fromJson(card.toJson())).isEqualTo(card);
  }

  private Block save(NDManager manager, String name, Link link, int outputs) throws IOException {
    Block block = Networks.create(manager, spec(name), SCHEMA, outputs, 4);
    SavedNetwork.write(folder, block, card(name, link, outputs));
    return block;
  }

  private static ModelCard card(String name, Link link, int outputs) {
    return new ModelCard(ModelCard.FORMAT, spec(name), SCHEMA, outputs, link, List.of(), 0, 1, "");
  }

  private static EstimatorSpec spec(String name) {
    return new EstimatorSpec(name, Map.of());
  }

  private static float[][] numeric(NDList inputs) {
    float[] flat = inputs.get(0).toFloatArray();
    int width = SCHEMA.numeric();
    float[][] rows = new float[flat.length / width][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = Arrays.copyOfRange(flat, row * width, (row + 1) * width);
    }
    return rows;
  }

  private static int[][] categorical(NDList inputs) {
    int[] flat = inputs.get(1).toIntArray();
    int width = SCHEMA.categorical();
    int[][] rows = new int[flat.length / width][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = Arrays.copyOfRange(flat, row * width, (row + 1) * width);
    }
    return rows;
  }
}
