package dev.lockstep.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingLayoutTest {
  private static final FeatureSchema SCHEMA = new FeatureSchema(1, List.of(3, 40, 5));

  private static Block deepFm(NDManager manager, String embeddings) {
    EstimatorSpec spec =
        new EstimatorSpec("deepfm", Map.of("embedding", 4, "embeddings", embeddings));
    return Networks.create(manager, spec, SCHEMA, 1, 9);
  }

  @Test
  void values_from_anywhere_are_those_drawn_in_turn() {
    List<Initial> all =
        List.of(
            new Initial.Constant(0.5),
            new Initial.Uniform(0.3),
            new Initial.Normal(0.1),
            new Initial.Sign());
    for (Initial initial : all) {
      float[] whole = new float[1000];
      initial.fill(whole, new SplittableRandom(77));
      float[] part = new float[20];
      initial.fill(77, 613, part, 3, 10);
      for (int i = 0; i < 10; i++) {
        assertThat(part[3 + i]).isEqualTo(whole[613 + i]);
      }
    }
  }

  @Test
  void a_row_begins_as_the_rows_of_tables_in_one_piece() {
    try (NDManager manager = NDManager.newBaseManager()) {
      Block dense = deepFm(manager, "dense");
      float[] first = table(dense, "first");
      float[] vectors = table(dense, "vectors");
      EmbeddingLayout layout =
          EmbeddingLayout.of(deepFm(manager, "sharded"), SCHEMA, 9).orElseThrow();
      assertThat(layout.width()).isEqualTo(5);
      float[] row = new float[5];
      for (int feature = 0; feature < 3; feature++) {
        for (int index = 0; index < SCHEMA.cardinalities().get(feature); index++) {
          int place = index + new int[] {0, 3, 43}[feature];
          assertThat(layout.id(feature, index)).isEqualTo(place);
          layout.initial(layout.id(feature, index), row, 0);
          assertThat(row[0]).isEqualTo(first[place]);
          for (int k = 0; k < 4; k++) {
            assertThat(row[1 + k]).isEqualTo(vectors[place * 4 + k]);
          }
        }
      }
    }
  }

  private static float[] table(Block block, String child) {
    return block.getParameters().stream()
        .filter(p -> p.getKey().contains(child) && p.getKey().endsWith("embedding"))
        .findFirst()
        .orElseThrow()
        .getValue()
        .getArray()
        .toFloatArray();
  }

  @Test
  void the_other_parameters_begin_as_beside_tables_in_one_piece() {
    try (NDManager manager = NDManager.newBaseManager()) {
      for (String name : List.of("deepfm", "wide-deep", "dcn2", "ft-transformer", "mlp")) {
        Block dense = network(manager, name, "dense");
        Block sharded = network(manager, name, "sharded");
        assertThat(EmbeddingLayout.of(dense, SCHEMA, 9)).isEmpty();
        assertThat(EmbeddingLayout.of(sharded, SCHEMA, 9)).isPresent();
        dense
            .getParameters()
            .forEach(
                entry -> {
                  if (!entry.getKey().endsWith("embedding")) {
                    assertArrayEquals(
                        entry.getValue().getArray().toFloatArray(),
                        sharded.getParameters().get(entry.getKey()).getArray().toFloatArray());
                  }
                });
      }
    }
  }

  private static Block network(NDManager manager, String name, String embeddings) {
    return Networks.create(
        manager, new EstimatorSpec(name, Map.of("embeddings", embeddings)), SCHEMA, 1, 9);
  }

  @Test
  void ids_of_a_run_go_to_all_lanes() {
    int[] counts = new int[EmbeddingLayout.LANES];
    for (long id = 0; id < 64_000; id++) {
      counts[EmbeddingLayout.lane(id)]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(800, 1200);
    }
  }

  @Test
  void a_file_gives_its_rows_back_and_a_torn_one_is_refused(@TempDir Path folder)
      throws IOException {
    Path path = folder.resolve("rows");
    try (OutputStream out = Files.newOutputStream(path)) {
      EmbeddingFile.write(new Squares(10_000), 2, out);
    }
    EmbeddingFile file = EmbeddingFile.map(path, 2);
    float[] row = new float[3];
    for (int i = 0; i < 10_000; i += 7) {
      assertThat(file.find(3L * i)).isEqualTo(i);
      assertThat(file.find(3L * i + 1)).isNegative();
      file.copy(i, row, 1);
      assertThat(row[1]).isEqualTo(i);
      assertThat(row[2]).isEqualTo(-i);
    }
    byte[] content = Files.readAllBytes(path);
    Files.write(path, java.util.Arrays.copyOf(content, content.length - 4));
    assertThatThrownBy(() -> EmbeddingFile.map(path, 2)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> EmbeddingFile.map(path, 3)).isInstanceOf(IOException.class);
  }

  private record Squares(int count) implements EmbeddingFile.Rows {
    @Override
    public long id(int row) {
      return 3L * row;
    }

    @Override
    public void copy(int row, float[] values, int at) {
      values[at] = row;
      values[at + 1] = -row;
    }
  }
}
