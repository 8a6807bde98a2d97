package dev.lockstep.distributor.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lockstep.data.encoded.EncodedBatch;
import dev.lockstep.data.lanes.LaneShuffle;
import dev.lockstep.distributor.bench.RankThreads;
import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.CollectiveOptions;
import dev.lockstep.distributor.collective.Precision;
import dev.lockstep.distributor.optimizer.AdamW;
import dev.lockstep.distributor.rows.Batch;
import dev.lockstep.distributor.rows.RankRows;
import dev.lockstep.distributor.spec.Sharding;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.Link;
import dev.lockstep.models.Loss;
import dev.lockstep.models.Networks;
import dev.lockstep.models.engine.Libtorch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Twenty steps against the numbers that PyTorch gave once; {@code adamw.py} writes them. */
class AdamWReferenceTest {
  private static final int STEPS = 20;
  private static final int ROWS = 16;
  private static final int FEATURES = 5;

  @TempDir private Path directory;

  @Test
  void twenty_steps_of_adamw_end_with_pytorchs_weights() throws Exception {
    JsonNode expected = resource();
    RankThreads.run(
        1, CollectiveOptions.loopback(), (rank, out) -> check(rank, expected), line -> {});
  }

  private void check(Collective collective, JsonNode expected) throws IOException {
    FeatureSchema schema = new FeatureSchema(FEATURES, List.of(), List.of());
    EstimatorSpec mlp = new EstimatorSpec("mlp", Map.of("hidden", List.of(8), "dropout", 0));
    RankRows.Layout layout = new RankRows.Layout(FEATURES, 0, 1, 0, 1, 0, 1);
    try (NDManager manager = Libtorch.manager(1);
        RankRows rankRows = new RankRows(rows(expected), layout, directory)) {
      Block block = Networks.create(manager, mlp, schema, 1, 1);
      FlatParameters parameters = FlatParameters.whole(block, manager);
      parameters.values().asFloatBuffer().put(flat(expected.get("initial")));
      AdamW adamW =
          new AdamW(collective.shard(parameters.size()), parameters.groups(0.1), 0.9, 0.99, 1e-8);
      Gradients.Inputs inputs = new Gradients.Inputs(FEATURES, 0);
      Loss loss = Loss.of(Link.SIGMOID, 1);
      Update update =
          new Update(
              collective,
              parameters,
              adamW,
              Sharding.OPTIMIZER,
              Precision.FLOAT32,
              0.3,
              Optional.empty());
      try (Gradients gradients =
          new Gradients(
              block,
              parameters,
              loss,
              inputs,
              Optional.empty(),
              Optional.empty(),
              collective,
              1,
              manager)) {
        Batch batch = rankRows.newBatch(ROWS);
        for (int step = 0; step < STEPS; step++) {
          rankRows.fillValidation(batch, 0, (long) step * ROWS, ROWS);
          gradients.begin();
          double sum = gradients.accumulate(batch);
          double wanted = expected.get("losses").get(step).asDouble();
          assertThat(sum / batch.weightSum()).isCloseTo(wanted, within(1e-5));
          update.apply(gradients.sum(), batch.weightSum(), 0.02);
        }
      }
      float[] wanted = flat(expected.get("final"));
      FloatBuffer actual = parameters.values().asFloatBuffer();
      assertThat(actual.remaining()).isEqualTo(wanted.length);
      for (int i = 0; i < wanted.length; i++) {
        assertThat(actual.get(i)).as("value %d", i).isCloseTo(wanted[i], within(1e-5f));
      }
    }
  }

  private static Iterator<InternalRow> rows(JsonNode expected) {
    int rows = STEPS * ROWS;
    float[][] numeric = new float[FEATURES][rows];
    double[] labels = new double[rows];
    double[] weights = new double[rows];
    UTF8String[] splits = new UTF8String[rows];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < FEATURES; i++) {
        numeric[i][row] = (float) expected.get("numeric").get(row * FEATURES + i).asDouble();
      }
      labels[row] = expected.get("labels").get(row).asDouble();
      weights[row] = expected.get("weights").get(row).asDouble();
      splits[row] = UTF8String.fromString("validation");
    }
    long[] hashes = LongStream.range(0, rows).toArray();
    return LaneShuffle.alone(
        new EncodedBatch(rows, splits, hashes, labels, weights, numeric, new int[0][rows]));
  }

  private static float[] flat(JsonNode parameters) {
    float[] values = new float[size(parameters)];
    int at = 0;
    for (JsonNode parameter : parameters) {
      for (JsonNode value : parameter) {
        values[at++] = (float) value.asDouble();
      }
    }
    return values;
  }

  private static int size(JsonNode parameters) {
    int size = 0;
    for (JsonNode parameter : parameters) {
      size += parameter.size();
    }
    return size;
  }

  private static JsonNode resource() throws IOException {
    try (InputStream in = AdamWReferenceTest.class.getResourceAsStream("adamw.json")) {
      return JsonMapper.builder().build().readTree(in);
    }
  }
}
