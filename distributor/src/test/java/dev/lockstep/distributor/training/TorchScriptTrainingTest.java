package dev.lockstep.distributor.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.prediction.Predictor;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.Networks;
import dev.lockstep.models.SavedNetwork;
import dev.lockstep.models.engine.Libtorch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A module brought from Python, made by {@code make_module.py}, trained on ranks. */
class TorchScriptTrainingTest {
  private static final EstimatorSpec BUILT_IN =
      new EstimatorSpec("mlp", Map.of("hidden", List.of(6), "embedding", 2, "dropout", 0));

  @TempDir static Path directory;
  private static SparkSession spark;
  private static EstimatorSpec module;

  @BeforeAll
  static void start() throws IOException {
    spark = MadeUp.spark(directory);
    Path file = directory.resolve("module.pt");
    Files.write(file, beginningAs(BUILT_IN));
    module = new EstimatorSpec("torchscript", Map.of("file", file.toString()));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** The module of the resource, with the values with which a network of ours begins. */
  private static byte[] beginningAs(EstimatorSpec network) throws IOException {
    List<byte[]> values = new ArrayList<>();
    FeatureSchema schema =
        new FeatureSchema(3, List.of(List.of(), List.of(), List.of()), List.of(5, 3));
    try (NDManager manager = Libtorch.manager()) {
      Block block = Networks.create(manager, network, schema, 1, 1);
      for (Parameter parameter : block.getParameters().values()) {
        float[] floats = parameter.getArray().toFloatArray();
        ByteBuffer bytes =
            ByteBuffer.allocate(floats.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(floats);
        values.add(bytes.array());
      }
    }
    var written = new java.io.ByteArrayOutputStream();
    try (InputStream resource = TorchScriptTrainingTest.class.getResourceAsStream("module.pt");
        ZipInputStream in = new ZipInputStream(resource);
        ZipOutputStream out = new ZipOutputStream(written)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        byte[] content = in.readAllBytes();
        for (int i = 0; i < values.size(); i++) {
          if (entry.getName().endsWith("/data/" + i)) {
            assertThat(values.get(i)).hasSameSizeAs(content);
            content = values.get(i);
          }
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
    return written.toByteArray();
  }

  private static TrainingOptions spec(int ranks) {
    // An embedding of ours has no weight decay, a matrix of a module has.
    return Specs.with(MadeUp.spec(ranks), "weightDecay", 0);
  }

  private static TrainedModel train(String name, EstimatorSpec model, TrainingOptions spec) {
    return MadeUp.train(spark, MadeUp.rows(spark, 1000, 2), model, spec, directory.resolve(name));
  }

  private static void assertSameLosses(TrainedModel actual, TrainedModel expected) {
    assertThat(actual.stepLosses()).hasSameSizeAs(expected.stepLosses());
    for (int step = 0; step < expected.stepLosses().size(); step++) {
      double loss = expected.stepLosses().get(step);
      assertThat(actual.stepLosses().get(step)).isCloseTo(loss, within(1e-5 * loss));
    }
  }

  @Test
  void the_losses_are_those_of_the_same_network_of_ours_on_one_rank_and_on_two() {
    TrainedModel ours = train("ours", BUILT_IN, spec(1));
    TrainedModel alone = train("alone", module, spec(1));
    assertSameLosses(alone, ours);
    assertSameLosses(train("together", module, spec(2)), alone);
    List<EpochReport> epochs = alone.history();
    assertThat(epochs.get(epochs.size() - 1).validationLoss())
        .isLessThan(0.98 * epochs.get(0).validationLoss());
  }

  @Test
  void the_same_ranks_give_the_same_bits() {
    TrainedModel once = train("once", module, spec(2));
    TrainedModel again = train("again", module, spec(2));
    assertThat(again.weightsSha256()).isEqualTo(once.weightsSha256());
    assertThat(again.stepLosses()).isEqualTo(once.stepLosses());
  }

  @Test
  void a_run_that_was_cut_off_goes_on_to_the_same_bits() throws Exception {
    TrainingOptions patient = Specs.with(Specs.with(spec(2), "epochs", 60), "patience", 60);
    TrainingOptions spec = Specs.with(patient, "checkpoint", Map.of("everySteps", 3));
    TrainedModel undisturbed = train("whole", module, spec);
    CutOff.training(spark, directory.resolve("cut"), () -> train("cut", module, spec));
    TrainedModel resumed =
        MadeUp.train(
            spark, MadeUp.rows(spark, 1000, 2), module, spec, directory.resolve("cut"), true);
    assertThat(resumed.resumedAt()).isPositive();
    assertThat(resumed.weightsSha256()).isEqualTo(undisturbed.weightsSha256());
  }

  @Test
  void the_saved_network_predicts_without_the_file_it_came_from() throws IOException {
    Path file = directory.resolve("gone.pt");
    Files.copy(Path.of((String) module.options().get("file")), file);
    TrainedModel model =
        train("saved", new EstimatorSpec("torchscript", Map.of("file", file.toString())), spec(2));
    Files.delete(file);
    Dataset<Row> rows = MadeUp.rows(spark, 50, 2);
    List<Row> scored =
        new Predictor(spark)
            .score(model.folder(), rows)
            .join(
                rows.select(EncodedRows.HASH, EncodedRows.NUMERIC, EncodedRows.CATEGORICAL),
                EncodedRows.HASH)
            .collectAsList();
    assertThat(scored).hasSize(50);
    try (SavedNetwork opened = SavedNetwork.open(Path.of(model.folder()))) {
      for (Row row : scored) {
        List<Float> x = row.getList(4);
        List<Integer> c = row.getList(5);
        float[] expected =
            opened
                .predict(
                    new float[][] {{x.get(0), x.get(1), x.get(2)}},
                    new int[][] {{c.get(0), c.get(1)}})[0];
        List<Double> found = row.getList(3);
        assertArrayEquals(
            expected, new float[] {found.get(0).floatValue(), found.get(1).floatValue()}, 1e-6f);
      }
    }
    assertThat(directory.resolve("saved/network")).doesNotExist();
  }

  @Test
  void a_module_of_other_shapes_is_refused_before_any_rank_starts() {
    FeatureLayout wider =
        new FeatureLayout(
            MadeUp.FEATURES.numeric(),
            List.of(
                new FeatureLayout.Categorical("d", 5), new FeatureLayout.Categorical("e", 300)));
    assertThatThrownBy(
            () ->
                new Trainer(spark, RendezvousOptions.defaults(), TrainingListener.NONE)
                    .train(
                        new TrainingData(
                            EncodedRows.batches(MadeUp.rows(spark, 100, 1)),
                            wider,
                            MadeUp.BINARY,
                            "made-up"),
                        Network.of(module, spec(2)),
                        1,
                        new ModelFolder(directory.toString(), "wider"),
                        false))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("module.pt")
        .hasMessageContaining("index out of range")
        .hasMessageNotContaining("rank")
        .hasMessageNotContaining("\n");
  }

  @Test
  void a_file_that_is_not_there_is_named_before_any_rank_starts() {
    EstimatorSpec missing = new EstimatorSpec("torchscript", Map.of("file", "/no/such/module.pt"));
    assertThatThrownBy(() -> train("missing", missing, spec(2)))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("/no/such/module.pt");
    assertThatThrownBy(() -> train("unnamed", new EstimatorSpec("torchscript", Map.of()), spec(2)))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("file");
  }
}
