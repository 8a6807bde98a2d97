package dev.lockstep.distributor.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.encoded.EncodedBatch;
import dev.lockstep.data.lanes.LaneShuffle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RankRowsTest {
  private static final int ROWS = 500;
  private static final int LANES = 3;

  @TempDir private Path directory;

  /** A row; many have the hash of another. */
  private record Source(
      boolean validation, long hash, double label, double weight, float number, int word) {

    static Source random(Random random) {
      long hash = random.nextLong() >>> 1;
      return new Source(
          random.nextInt(4) == 0,
          random.nextBoolean() ? hash : hash & 0xfL << 59,
          random.nextInt(3),
          1 + random.nextInt(2),
          random.nextFloat(),
          random.nextInt(5));
    }

    String text() {
      return values((float) ((label - 1) / 2), (float) weight, number, word);
    }
  }

  private static String values(float label, float weight, float number, int word) {
    return "%s %s %s %s".formatted(label, weight, number, word);
  }

  @Test
  void rows_come_in_their_order_however_they_came() throws IOException {
    Random random = new Random(5);
    List<Source> rows =
        new ArrayList<>(Stream.generate(() -> Source.random(random)).limit(ROWS).toList());
    rows.addAll(rows.subList(0, 20));
    List<String> whole = read(List.of(rows));
    List<String> sorted =
        rows.stream()
            .sorted(Comparator.comparing((Source r) -> !r.validation).thenComparing(Source::hash))
            .map(r -> r.validation + " " + r.hash)
            .toList();
    assertThat(rows.stream().map(Source::text).toList()).containsAll(whole);
    assertThat(places(whole, rows)).isEqualTo(sorted);
    for (int runs = 2; runs < 40; runs += 7) {
      Collections.shuffle(rows, random);
      List<List<Source>> blocks = new ArrayList<>();
      int from = 0;
      for (int run = 0; run < runs; run++) {
        int to = run == runs - 1 ? rows.size() : from + random.nextInt(rows.size() - from + 1);
        blocks.add(rows.subList(from, to));
        from = to;
      }
      assertThat(read(blocks)).as("%d runs", runs).isEqualTo(whole);
    }
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  /** Where rows that were read are sorted to: each has a number of its own. */
  private static List<String> places(List<String> read, List<Source> rows) {
    return read.stream()
        .map(text -> rows.stream().filter(r -> r.text().equals(text)).findFirst().orElseThrow())
        .map(r -> r.validation + " " + r.hash)
        .toList();
  }

  private List<String> read(List<List<Source>> blocks) throws IOException {
    Iterator<InternalRow> source = blocks.stream().flatMap(RankRowsTest::block).iterator();
    RankRows.Layout layout = new RankRows.Layout(1, 1, LANES, 0, LANES, 1, 2);
    try (RankRows rankRows = new RankRows(source, layout, directory)) {
      assertThat(rankRows.unitWeights()).isFalse();
      List<String> read = new ArrayList<>();
      for (LaneRanges split : List.of(rankRows.validation(), rankRows.train())) {
        for (int lane = 0; lane < LANES; lane++) {
          int count = (int) split.rows(lane);
          Batch batch = rankRows.newBatch(count + 1);
          rankRows.copy(split.start(lane), count, batch);
          batch.flip();
          for (int row = 0; row < count; row++) {
            read.add(
                values(
                    batch.labels().getFloat(row * Float.BYTES),
                    batch.weights().getFloat(row * Float.BYTES),
                    batch.numeric().getFloat(row * Float.BYTES),
                    batch.categorical().getInt(row * Integer.BYTES)));
          }
        }
      }
      return read;
    }
  }

  private static Stream<InternalRow> block(List<Source> rows) {
    UTF8String[] splits = new UTF8String[rows.size()];
    Arrays.setAll(
        splits, i -> UTF8String.fromString(rows.get(i).validation ? "validation" : "train"));
    float[] numbers = new float[rows.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = rows.get(i).number;
    }
    EncodedBatch batch =
        new EncodedBatch(
            rows.size(),
            splits,
            rows.stream().mapToLong(Source::hash).toArray(),
            rows.stream().mapToDouble(Source::label).toArray(),
            rows.stream().mapToDouble(Source::weight).toArray(),
            new float[][] {numbers},
            new int[][] {rows.stream().mapToInt(Source::word).toArray()});
    List<InternalRow> blocks = new ArrayList<>();
    LaneShuffle.alone(batch).forEachRemaining(blocks::add);
    return blocks.stream();
  }
}
