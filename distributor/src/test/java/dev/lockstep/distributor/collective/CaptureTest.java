package dev.lockstep.distributor.collective;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody reads who sits between two ranks. */
class CaptureTest {
  /** As gradients, the same value many times: easy to find in what was sent. */
  private static final float PLANTED = 1234.567f;

  @ParameterizedTest
  @ValueSource(ints = {100, 200_000})
  void without_encryption_gradients_can_be_read(int size) throws Exception {
    assertThat(tapped(size, false).saw(PLANTED)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 200_000})
  void with_encryption_neither_gradients_nor_their_sums_can(int size) throws Exception {
    Tap tap = tapped(size, true);
    assertThat(tap.bytes()).isGreaterThan(4L * size);
    assertThat(tap.saw(PLANTED)).isFalse();
    assertThat(tap.saw(2 * PLANTED)).isFalse();
  }

  @Test
  void the_secret_itself_is_never_sent() throws Exception {
    StringBuilder secret = new StringBuilder();
    List<byte[]> captured = tapped(100, false, secret).captured();
    byte[] raw = java.util.HexFormat.of().parseHex(secret);
    for (byte[] copy : captured) {
      assertThat(new String(copy, ISO_8859_1)).doesNotContain(secret, new String(raw, ISO_8859_1));
    }
  }

  private static Tap tapped(int size, boolean encrypted) throws Exception {
    return tapped(size, encrypted, new StringBuilder());
  }

  /** Two ranks add the planted value over TCP; the way from one to the other is by a tap. */
  private static Tap tapped(int size, boolean encrypted, StringBuilder secret) throws Exception {
    CollectiveOptions options =
        CollectiveOptions.loopback().withSharedMemory(false).withEncryption(encrypted);
    try (Tap tap = new Tap()) {
      CyclicBarrier barrier = new CyclicBarrier(2);
      AtomicReferenceArray<String> cards = new AtomicReferenceArray<>(2);
      List<CompletableFuture<Void>> ranks =
          List.of(0, 1).stream()
              .map(
                  rank ->
                      CompletableFuture.runAsync(
                          () -> add(new Detour(rank, barrier, cards, tap), options, size)))
              .toList();
      for (CompletableFuture<Void> rank : ranks) {
        rank.get(30, TimeUnit.SECONDS);
      }
      secret.append(cards.get(0).split(" ")[3]);
      return tap;
    }
  }

  private static void add(Rendezvous rendezvous, CollectiveOptions options, int size) {
    try (Collective collective = Collectives.join(rendezvous, options)) {
      ByteBuffer values =
          ByteBuffer.allocateDirect(size * Float.BYTES).order(ByteOrder.nativeOrder());
      for (int i = 0; i < size; i++) {
        values.putFloat(PLANTED);
      }
      collective.allReduce(values.flip());
      assertThat(values.getFloat(0)).isEqualTo(2 * PLANTED);
      collective.barrier();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Tells rank 1 that rank 0 is where the tap is. */
  private record Detour(
      int rank, CyclicBarrier barrier, AtomicReferenceArray<String> cards, Tap tap)
      implements Rendezvous {
    @Override
    public int worldSize() {
      return 2;
    }

    @Override
    public List<String> allGather(String mine) {
      cards.set(rank, mine);
      if (rank == 0) {
        tap.to(Integer.parseInt(mine.split(" ")[2]));
      }
      try {
        barrier.await(10, TimeUnit.SECONDS);
      } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
        throw new IllegalStateException(e);
      }
      String[] first = cards.get(0).split(" ");
      first[2] = String.valueOf(tap.port());
      return List.of(rank == 1 ? String.join(" ", first) : cards.get(0), cards.get(1));
    }
  }
}
