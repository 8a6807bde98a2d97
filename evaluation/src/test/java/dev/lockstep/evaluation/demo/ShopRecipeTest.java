package dev.lockstep.evaluation.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.lanes.LaneRow;
import dev.lockstep.data.lanes.LaneShuffle;
import dev.lockstep.data.preparation.Preparation;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.recipe.Prepare;
import dev.lockstep.data.recipe.PrepareOptions;
import dev.lockstep.data.recipe.PrepareReport;
import dev.lockstep.data.recipe.Recipe;
import dev.lockstep.data.spec.DataSpec;
import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The demo's own recipe on the demo's own tables, with fewer customers. */
@ExtendWith(SparkExtension.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ShopRecipeTest {
  private static final int CUSTOMERS = 150;

  @TempDir static Path directory;
  private static SparkSession spark;
  private static Shop shop;

  @BeforeAll
  static void open(SparkSession session) {
    spark = session;
    shop = new Shop(spark, folder(), CUSTOMERS);
    shop.open();
  }

  /** Relative, as a person writes it. */
  private static String folder() {
    return Path.of("").toAbsolutePath().relativize(directory.toAbsolutePath()).toString();
  }

  private static PrepareReport prepare(String out, boolean full) {
    String text = ShopRecipe.text(folder());
    PrepareOptions options = new PrepareOptions(folder() + "/" + out, full, false);
    return new Prepare(spark, Recipe.parse(text, "recipe.yaml"), text, options).run();
  }

  /** The bytes of all lanes of a feature table that is made with so many shuffle partitions. */
  private static byte[] lanes(int partitions) {
    spark.conf().set("spark.sql.shuffle.partitions", partitions);
    try {
      String out = prepare("features" + partitions, false).table();
      if (partitions > 1) {
        DeltaTable.forPath(spark, out).optimize().executeCompaction();
      }
      DataSpec spec =
          new DataSpec(
              out,
              null,
              null,
              Task.BINARY,
              "left",
              "yes",
              List.of("customer_id"),
              null,
              null,
              null,
              null);
      try (PreparedData data = Preparation.prepare(spark, spec, "quantile")) {
        FeatureLayout features = data.features().layout();
        int size = new LaneRow(features.numeric().size(), features.categorical().size()).bytes();
        return LaneShuffle.shuffle(data.batches(), 16, 2)
            .toJavaRDD()
            .map(row -> row.getBinary(0))
            .mapPartitions(blocks -> List.of(inOrder(blocks, size)).iterator())
            .collect()
            .stream()
            .reduce(new byte[0], ShopRecipeTest::joined);
      }
    } finally {
      spark.conf().set("spark.sql.shuffle.partitions", 2);
    }
  }

  /** The rows of a rank's blocks in their order, as a rank merges them. */
  private static byte[] inOrder(Iterator<byte[]> blocks, int rowBytes) {
    List<byte[]> rows = new ArrayList<>();
    while (blocks.hasNext()) {
      byte[] block = blocks.next();
      for (int from = 0; from < block.length; from += rowBytes) {
        rows.add(Arrays.copyOfRange(block, from, from + rowBytes));
      }
    }
    rows.sort(Comparator.comparingLong(ShopRecipeTest::order).thenComparing(Arrays::compare));
    return rows.stream().reduce(new byte[0], ShopRecipeTest::joined);
  }

  private static long order(byte[] row) {
    return ByteBuffer.wrap(row).order(ByteOrder.nativeOrder()).getLong(LaneRow.ORDER);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  @Test
  @Order(1)
  void files_and_partitions_of_sources_and_features_do_not_change_a_byte_of_the_lanes() {
    byte[] one = lanes(1);
    assertThat(one.length).isGreaterThan(CUSTOMERS / 2 * 100);
    DeltaTable.forPath(spark, shop.events()).optimize().executeCompaction();
    spark
        .read()
        .format("delta")
        .load(shop.customers())
        .repartition(7)
        .write()
        .format("delta")
        .mode("overwrite")
        .save(shop.customers());
    assertArrayEquals(one, lanes(13));
    assertArrayEquals(one, lanes(200));
  }

  @Test
  @Order(2)
  void when_the_shop_goes_on_only_customers_that_changed_are_computed_again_and_none_is_wrong() {
    PrepareReport before = prepare("updated", false);
    shop.trade();
    PrepareReport after = prepare("updated", false);
    assertThat(after.how()).isEqualTo(PrepareReport.How.UPDATED);
    assertThat(after.keys().orElseThrow()).isBetween(1L, (long) CUSTOMERS);
    assertThat(lines(after)).isEqualTo(lines(prepare("anew", true)));
    assertThat(lines(after)).isNotEqualTo(lines(before));
  }

  private static List<String> lines(PrepareReport made) {
    Dataset<Row> rows =
        spark.read().format("delta").option("versionAsOf", made.version()).load(made.table());
    return rows.collectAsList().stream().map(Row::mkString).sorted().toList();
  }

  @Test
  void the_recipe_that_the_documentation_shows_is_this_one() throws IOException {
    String page =
        Files.readString(Path.of(System.getProperty("lockstep.root"), "docs", "recipes.md"));
    assertThat(page).contains("```yaml\n" + ShopRecipe.text("lockstep-demo") + "```");
  }
}
