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
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.models.bench.LocalTraining;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With the module and the numbers of {@code reference/make_module.py}. */
class TorchScriptTest {
  private static final FeatureSchema SCHEMA = TestNetworks.schema(3, 3, 4);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private Path file;
  private JsonNode expected;

  @BeforeEach
  void copy_the_module() throws IOException {
    file = folder.resolve("module.pt");
    try (InputStream module = getClass().getResourceAsStream("/reference/module.pt");
        InputStream numbers = getClass().getResourceAsStream("/reference/module.json")) {
      Files.copy(module, file);
      expected = JSON.readTree(numbers);
    }
  }

  @Test
  void logits_loss_and_gradients_are_those_of_pytorch() throws IOException {
    try (NDManager manager = NDManager.newBaseManager()) {
      LocalTraining training = new LocalTraining(create(manager), new Loss.BinaryCrossEntropy(0));
      NDList inputs = inputs(manager);
      // Again and again: the just-in-time optimiser must not step in and change bits.
      float[] first = training.logits(manager, inputs).toFloatArray();
      assertArrayEquals(floats("logits"), first, 1e-5f);
      for (int i = 0; i < 4; i++) {
        float loss = training.backward(manager, inputs, manager.create(floats("labels")), i);
        assertThat(loss)
            .isCloseTo(
                (float) expected.get("loss").asDouble(),
                org.assertj.core.data.Offset.offset(1e-5f));
        assertArrayEquals(first, training.logits(manager, inputs).toFloatArray());
      }
      List<Parameter> trained = training.trained();
      assertThat(trained).hasSize(7);
      for (int i = 0; i < 7; i++) {
        assertArrayEquals(
            JSON.treeToValue(expected.get("gradients").get(i), float[].class),
            training.gradient(trained.get(i)).toFloatArray(),
            1e-5f);
      }
    }
  }

  @Test
  void it_trains_and_is_saved_with_its_file() throws IOException {
    Path saved = Files.createDirectory(folder.resolve("saved"));
    try (NDManager manager = NDManager.newBaseManager()) {
      Block block = create(manager);
      LocalTraining training = new LocalTraining(block, new Loss.BinaryCrossEntropy(0));
      NDList inputs = inputs(manager);
      NDArray labels = manager.create(floats("labels"));
      float before = training.backward(manager, inputs, labels, 0);
      for (int step = 0; step < 30; step++) {
        training.backward(manager, inputs, labels, 0);
        for (Parameter parameter : training.trained()) {
          NDArray move = training.gradient(parameter).sign().mul(1e-2f);
          parameter.getArray().set(parameter.getArray().stopGradient().sub(move).toByteBuffer());
        }
      }
      assertThat(training.backward(manager, inputs, labels, 0)).isLessThan(0.8f * before);
      float[] logits = training.logits(manager, inputs).toFloatArray();
      ModelCard card =
          new ModelCard(ModelCard.FORMAT, spec(), SCHEMA, 1, Link.IDENTITY, List.of(), 0, 1, "");
      SavedNetwork.write(saved, block, card);
      Files.delete(file);
      try (SavedNetwork opened = SavedNetwork.open(saved)) {
        float[] x = floats("numeric");
        float[][] found =
            opened.predict(
                new float[][] {{x[0], x[1], x[2]}, {x[3], x[4], x[5]}},
                new int[][] {{0, 3}, {1, 2}});
        assertThat(found[0][0]).isEqualTo(logits[0]);
        assertThat(found[1][0]).isEqualTo(logits[1]);
      }
    }
  }

  @Test
  void a_missing_or_foreign_file_is_refused() throws IOException {
    Files.writeString(file, "not a zip");
    assertThatThrownBy(() -> ModelFamily.named("torchscript").build(SCHEMA, 1, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("torchscript.file");
    assertThatThrownBy(() -> ModelFamily.named("torchscript").build(SCHEMA, 1, spec().options()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("torch.jit.save");
    Files.delete(file);
    assertThatThrownBy(() -> ModelFamily.named("torchscript").build(SCHEMA, 1, spec().options()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("module.pt");
  }

  @Test
  void what_cannot_be_trained_alike_on_all_ranks_is_refused() throws IOException {
    assertThatThrownBy(() -> build("list.pt"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("weights.0 is in a list");
    assertThatThrownBy(() -> build("training.pt"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("traced in training mode");
  }

  private Block build(String resource) throws IOException {
    Path copy = folder.resolve(resource);
    try (InputStream module = getClass().getResourceAsStream("/reference/" + resource)) {
      Files.copy(module, copy);
    }
    return ModelFamily.named("torchscript").build(SCHEMA, 1, Map.of("file", copy.toString()));
  }

  @Test
  void another_number_of_outputs_is_refused() throws IOException {
    try (NDManager manager = NDManager.newBaseManager()) {
      Block block = Networks.create(manager, spec(), SCHEMA, 3, 1);
      LocalTraining training = new LocalTraining(block, new Loss.CrossEntropy(3, 0));
      NDList inputs = inputs(manager);
      assertThatThrownBy(() -> training.logits(manager, inputs))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[batch, 3] is expected");
    }
  }

  /** The module with other code: {@code from} of the file that ends so is {@code to}. */
  private void rewrite(String name, String from, String to) throws IOException {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    try (ZipFile in = new ZipFile(file.toFile());
        ZipOutputStream out = new ZipOutputStream(written)) {
      for (ZipEntry entry : Collections.list(in.entries())) {
        byte[] content = in.getInputStream(entry).readAllBytes();
        if (entry.getName().endsWith(name)) {
          String code = new String(content, StandardCharsets.UTF_8);
          assertThat(code).contains(from);
          content = code.replace(from, to).getBytes(StandardCharsets.UTF_8);
        }
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setMethod(ZipEntry.STORED);
        copy.setSize(content.length);
        CRC32 crc = new CRC32();
        crc.update(content);
        copy.setCrc(crc.getValue());
        out.putNextEntry(copy);
        out.write(content);
      }
    }
    Files.write(file, written.toByteArray());
  }

  private void check(FeatureSchema schema, int outputs) {
    ModelFamily.named("torchscript").checkTrainable(schema, outputs, spec().options());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "torch.randn_like(weight)",
        "torch.rand([6, 7])",
        "torch.to(torch.randint(5, [6, 7]), 6)",
        "torch.bernoulli(weight, 0.5)",
        "torch.normal_(torch.zeros_like(weight), 0., 1.)",
        "ops.aten.uniform_(torch.zeros_like(weight), 0., 1.)"
      })
  void an_operator_that_draws_random_numbers_is_refused_by_its_name(String drawn)
      throws IOException {
    String linear = "torch.linear(input, weight, bias)";
    rewrite(
        "modules/linear.py", linear, "torch.linear(input, torch.add(weight, " + drawn + "), bias)");
    String name =
        drawn.replaceAll("^torch\\.to\\(", "").replaceAll("^(torch|ops\\.aten)\\.|\\(.*", "");
    assertThatThrownBy(() -> check(SCHEMA, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("draws random numbers (" + name + ")")
        .hasMessageContaining("module.pt");
    // What was trained before stays readable.
    try (NDManager manager = NDManager.newBaseManager()) {
      create(manager);
    }
  }

  @Test
  void dropout_that_never_ends_is_refused_and_dropout_of_training_is_not() throws IOException {
    check(SCHEMA, 1);
    rewrite("modules/dropout.py", "(input, 0.5, training, False, )", "(input, 0.5, True, False, )");
    assertThatThrownBy(() -> check(SCHEMA, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("draws random numbers in evaluation mode");
  }

  @Test
  void a_text_that_names_such_an_operator_is_none() throws IOException {
    rewrite("functional.py", "\"AssertionError: Padding_idx", "\"torch.rand(2): Padding_idx");
    check(SCHEMA, 1);
  }

  @Test
  void wrong_shapes_are_refused_before_anything_is_trained() throws IOException {
    assertThatThrownBy(() -> check(TestNetworks.schema(5, 3, 4), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(2, 5)")
        .hasMessageContaining("mat1 and mat2 shapes cannot be multiplied")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> check(TestNetworks.schema(3, 3, 5), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("index out of range")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> check(SCHEMA, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[batch, 3] is expected");
    rewrite("__torch__.py", "return _1", "return torch.sum(_1)");
    assertThatThrownBy(() -> check(SCHEMA, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[batch, 1] is expected");
  }

  private EstimatorSpec spec() {
    return new EstimatorSpec("torchscript", Map.of("file", file.toString()));
  }

  private Block create(NDManager manager) {
    return Networks.create(manager, spec(), SCHEMA, 1, 1);
  }

  private NDList inputs(NDManager manager) throws IOException {
    int[] categorical = JSON.treeToValue(expected.get("categorical"), int[].class);
    return new NDList(
        manager.create(floats("numeric"), new Shape(4, 3)),
        manager.create(categorical, new Shape(4, 2)));
  }

  private float[] floats(String name) throws IOException {
    return JSON.treeToValue(expected.get(name), float[].class);
  }
}
