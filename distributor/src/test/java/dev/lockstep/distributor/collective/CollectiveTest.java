package dev.lockstep.distributor.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CollectiveTest {
  private static final int[] SIZES = {0, 1, 15, 16, 17, 1000, 4097, 70_001, 300_000};

  private static CollectiveOptions tcp() {
    return CollectiveOptions.loopback().withSharedMemory(false);
  }

  /** Mixed: even ranks share memory, odd ones are reached over TCP. */
  private static Function<Integer, CollectiveOptions> transport(String name) {
    return rank ->
        switch (name) {
          case "shared" -> CollectiveOptions.loopback();
          case "tcp" -> tcp();
          case "sealed" -> tcp().withEncryption(true);
          default -> CollectiveOptions.loopback().withSharedMemory(rank % 2 == 0);
        };
  }

  private static ByteBuffer values(int rank, int size) {
    Random random = new Random(31L * rank + size);
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(size * Float.BYTES).order(ByteOrder.nativeOrder());
    for (int i = 0; i < size; i++) {
      buffer.putFloat((float) (random.nextGaussian() * Math.pow(10, random.nextInt(7) - 3)));
    }
    return buffer.flip();
  }

  private static float[] expectedSum(int worldSize, int size) {
    float[] sum = new float[size];
    for (int rank = 0; rank < worldSize; rank++) {
      ByteBuffer values = values(rank, size);
      for (int i = 0; i < size; i++) {
        float value = values.getFloat(i * Float.BYTES);
        sum[i] = rank == 0 ? value : sum[i] + value;
      }
    }
    return sum;
  }

  private static float[] floats(ByteBuffer buffer) {
    float[] array = new float[buffer.remaining() / Float.BYTES];
    buffer.duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer().get(array);
    return array;
  }

  @ParameterizedTest
  @CsvSource({
    "shared,1",
    "shared,2",
    "shared,3",
    "shared,5",
    "tcp,2",
    "tcp,3",
    "tcp,5",
    "sealed,2",
    "sealed,3",
    "mixed,3",
    "mixed,4",
    "mixed,5"
  })
  void all_reduce_gives_every_rank_the_sum_in_the_order_of_the_ranks_to_the_bit(
      String transport, int worldSize) throws Exception {
    List<List<float[]>> results =
        RankThreads.run(
            worldSize,
            transport(transport),
            collective -> {
              List<float[]> sums = new ArrayList<>();
              for (int size : SIZES) {
                ByteBuffer values = values(collective.rank(), size);
                collective.allReduce(values);
                sums.add(floats(values));
              }
              return sums;
            });
    for (List<float[]> ofRank : results) {
      for (int i = 0; i < SIZES.length; i++) {
        assertArrayEquals(expectedSum(worldSize, SIZES[i]), ofRank.get(i));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"shared,1", "shared,3", "tcp,3", "sealed,3", "mixed,4"})
  void all_to_all_gives_each_rank_its_part_of_every_ranks_buffer(String transport, int worldSize)
      throws Exception {
    int[][] bytes = new int[worldSize][worldSize];
    for (int from = 0; from < worldSize; from++) {
      for (int to = 0; to < worldSize; to++) {
        bytes[from][to] = (from + to) % 3 == 1 ? 0 : 100_003 * from + 7 * to + 1;
      }
    }
    List<byte[]> received =
        RankThreads.run(
            worldSize,
            transport(transport),
            collective -> {
              int rank = collective.rank();
              ByteBuffer sent = ByteBuffer.allocateDirect(sum(bytes[rank]));
              int size = 0;
              for (int other = 0; other < worldSize; other++) {
                size += bytes[other][rank];
                for (int i = 0; i < bytes[rank][other]; i++) {
                  sent.put((byte) (31 * rank + 5 * other + i));
                }
              }
              ByteBuffer into = ByteBuffer.allocateDirect(size);
              collective.allToAll(sent.flip(), into, bytes);
              byte[] copy = new byte[size];
              into.get(copy);
              return copy;
            });
    for (int rank = 0; rank < worldSize; rank++) {
      int at = 0;
      for (int from = 0; from < worldSize; from++) {
        for (int i = 0; i < bytes[from][rank]; i++) {
          assertThat(received.get(rank)[at++]).isEqualTo((byte) (31 * from + 5 * rank + i));
        }
      }
    }
  }

  private static int sum(int[] values) {
    return java.util.Arrays.stream(values).sum();
  }

  @ParameterizedTest
  @ValueSource(strings = {"shared", "tcp", "mixed"})
  void reduce_scatter_and_all_gather_give_the_bits_of_all_reduce(String transport)
      throws Exception {
    int worldSize = 3;
    for (int size : SIZES) {
      List<float[]> results =
          RankThreads.run(
              worldSize,
              transport(transport),
              collective -> {
                ByteBuffer values = values(collective.rank(), size);
                collective.reduceScatter(values);
                collective.allGather(values);
                return floats(values);
              });
      results.forEach(r -> assertArrayEquals(expectedSum(3, size), r));
    }
  }

  /** Rounded by way of exact decimals: an oracle that shares nothing with the code. */
  private static float rounded(float value) {
    float down = Float.intBitsToFloat(Float.floatToIntBits(value) & 0xFFFF_0000);
    float up = Float.intBitsToFloat((Float.floatToIntBits(value) & 0xFFFF_0000) + 0x1_0000);
    double below = Math.abs((double) value - down);
    double above = Math.abs((double) up - value);
    boolean even = (Float.floatToIntBits(down) & 0x1_0000) == 0;
    return below < above || (below == above && even) ? down : up;
  }

  private static float[] expectedSumOfRounded(int worldSize, int size) {
    float[] sum = new float[size];
    for (int rank = 0; rank < worldSize; rank++) {
      ByteBuffer values = values(rank, size);
      for (int i = 0; i < size; i++) {
        float value = rounded(values.getFloat(i * Float.BYTES));
        sum[i] = rank == 0 ? value : sum[i] + value;
      }
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({"shared,2", "shared,3", "tcp,2", "tcp,3", "sealed,2", "mixed,4"})
  void values_sent_as_bfloat16_are_added_in_float32_with_the_same_bits_on_every_transport(
      String transport, int worldSize) throws Exception {
    List<List<float[]>> results =
        RankThreads.run(
            worldSize,
            transport(transport),
            collective -> {
              List<float[]> sums = new ArrayList<>();
              for (int size : SIZES) {
                ByteBuffer values = values(collective.rank(), size);
                collective.reduceScatter(values, Precision.BFLOAT16);
                collective.allGather(values);
                sums.add(floats(values));
                ByteBuffer again = values(collective.rank(), size);
                collective.allReduce(again, Precision.BFLOAT16);
                sums.add(floats(again));
              }
              return sums;
            });
    for (List<float[]> ofRank : results) {
      for (int i = 0; i < SIZES.length; i++) {
        float[] expected = expectedSumOfRounded(worldSize, SIZES[i]);
        assertArrayEquals(expected, ofRank.get(2 * i));
        float[] roundedSum = new float[expected.length];
        for (int j = 0; j < expected.length; j++) {
          roundedSum[j] = rounded(expected[j]);
        }
        assertArrayEquals(roundedSum, ofRank.get(2 * i + 1));
      }
    }
  }

  @Test
  void what_is_not_finite_stays_so_as_bfloat16() throws Exception {
    int[] bits = {0x7F80_0000, 0xFF80_0000, 0x7FFF_FFFF, 0xFFFF_FFFF, 0x7F80_0001, 0x8000_0000};
    List<float[]> results =
        RankThreads.run(
            2,
            transport("shared"),
            collective -> {
              ByteBuffer values =
                  ByteBuffer.allocateDirect(bits.length * Float.BYTES)
                      .order(ByteOrder.nativeOrder());
              for (int value : bits) {
                values.putInt(collective.rank() == 0 ? value : 0);
              }
              collective.allReduce(values.flip(), Precision.BFLOAT16);
              return floats(values);
            });
    float[] expected = {
      Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, Float.NaN, Float.NaN, 0f
    };
    results.forEach(r -> assertArrayEquals(expected, r));
  }

  @ParameterizedTest
  @ValueSource(strings = {"shared", "tcp", "mixed"})
  void broadcast_gives_every_rank_the_roots_values(String transport) throws Exception {
    for (int root = 0; root < 3; root++) {
      int from = root;
      List<float[]> results =
          RankThreads.run(
              3,
              transport(transport),
              collective -> {
                ByteBuffer values = values(collective.rank(), 100_000);
                collective.broadcast(values, from);
                return floats(values);
              });
      float[] expected = floats(values(root, 100_000));
      results.forEach(r -> assertArrayEquals(expected, r));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"shared", "tcp"})
  void the_cause_that_a_failing_rank_gives_reaches_the_others(String transport) {
    assertThatThrownBy(
            () ->
                RankThreads.run(
                    3,
                    transport(transport),
                    collective -> {
                      if (collective.rank() == 1) {
                        collective.abort(Cause.of("the disk is full"));
                        return null;
                      }
                      collective.allReduce(values(collective.rank(), 50_000));
                      return null;
                    }))
        .isInstanceOf(RankLostException.class)
        .hasMessage("rank 1 was lost: the disk is full");
  }

  @Test
  void a_cause_waits_for_ranks_that_come_after_the_failing_one_has_left() {
    LocalGroup first = LocalGroup.enter("late", 2, 2);
    first.failure().lost(1, "the disk is full");
    first.leave();
    LocalGroup second = LocalGroup.enter("late", 2, 2);
    assertThatThrownBy(second.failure()::check).hasMessage("rank 1 was lost: the disk is full");
    second.leave();
    LocalGroup ofAnother = LocalGroup.enter("late", 2, 2);
    assertThat(ofAnother.failure().get()).isNull();
    ofAnother.leave();
    ofAnother.leave();
  }

  @ParameterizedTest
  @ValueSource(strings = {"shared", "tcp"})
  void a_rank_that_hangs_is_named(String transport) {
    Function<Integer, CollectiveOptions> options =
        rank -> transport(transport).apply(rank).withSilence(Duration.ofSeconds(2));
    List<Future<Object>> ranks =
        RankThreads.start(
            3,
            options,
            collective -> {
              if (collective.rank() == 2) {
                Thread.sleep(60_000);
              }
              collective.allReduce(values(collective.rank(), 50_000));
              return null;
            });
    for (int rank = 0; rank < 2; rank++) {
      Future<Object> future = ranks.get(rank);
      // Half of what the rank sleeps: it must not be its waking that ends the wait.
      assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(RankLostException.class)
          .hasMessageStartingWith("rank 2 was lost: it hangs");
    }
    ranks.get(2).cancel(true);
  }

  @Test
  void a_slow_rank_that_says_it_gets_on_is_waited_for() throws Exception {
    RankThreads.run(
        2,
        rank -> tcp().withSilence(Duration.ofSeconds(2)),
        collective -> {
          for (int i = 0; collective.rank() == 1 && i < 12; i++) {
            Thread.sleep(300);
            collective.progress();
          }
          collective.allReduce(values(collective.rank(), 10));
          return null;
        });
  }
}
