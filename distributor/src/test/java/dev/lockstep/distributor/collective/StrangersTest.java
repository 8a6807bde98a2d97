package dev.lockstep.distributor.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Others than ranks that connect to a rank's port. */
class StrangersTest {
  private static final byte[] WRONG_SECRET = new byte[32];
  private static final int FLOOD = 400;
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @Test
  void garbage_silence_a_replayed_and_a_wrong_handshake_change_nothing() throws Exception {
    int port = freePort();
    byte[] recorded = recordedHandshake();
    List<Socket> strangers = new ArrayList<>();
    List<CompletableFuture<Void>> liars = new ArrayList<>();
    List<Float> sums =
        RankThreads.run(
            2,
            rank -> {
              if (rank == 1) { // Rank 0 listens by now, or will soon: the queue is theirs first.
                strangers.add(sends(port, garbage()));
                strangers.add(sends(port, new byte[0]));
                strangers.add(sends(port, recorded));
                liars.add(CompletableFuture.runAsync(() -> lie(port)));
              }
              return CollectiveOptions.loopback()
                  .withSharedMemory(false)
                  .withPorts(rank == 0 ? String.valueOf(port) : "0");
            },
            collective -> {
              ByteBuffer value = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
              value.putFloat(0, collective.rank() + 1);
              collective.allReduce(value);
              return value.getFloat(0);
            });
    assertThat(sums).containsExactly(3f, 3f);
    assertThat(liars.get(0)).failsWithin(LIMIT).withThrowableOfType(Exception.class);
    for (Socket stranger : strangers) {
      stranger.close();
    }
  }

  @Test
  void a_flood_of_connections_that_say_nothing_costs_one_thread_and_ranks_meet() throws Exception {
    int port = freePort();
    List<Socket> strangers = new ArrayList<>();
    int before = Thread.activeCount();
    try {
      List<Integer> threads =
          RankThreads.run(
              3,
              rank -> {
                if (rank == 1) { // Ranks 1 and 2 connect once they have come all the same.
                  for (int i = 0; i < FLOOD; i++) {
                    strangers.add(sends(port, i % 2 == 0 ? new byte[0] : new byte[] {'L'}));
                  }
                }
                return CollectiveOptions.loopback()
                    .withSharedMemory(false)
                    .withPorts(rank == 0 ? String.valueOf(port) : "0");
              },
              collective -> {
                ByteBuffer value = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
                collective.allReduce(value);
                return Thread.activeCount();
              });
      assertThat(threads).hasSize(3).allMatch(count -> count - before < FLOOD / 4);
    } finally {
      for (Socket stranger : strangers) {
        stranger.close();
      }
    }
  }

  @Test
  @SuppressWarnings("try") // The reception works by itself until it is closed.
  void the_reception_is_one_thread_whoever_comes_and_lets_go_of_those_who_take_too_long()
      throws Exception {
    ServerSocketChannel listener = Ports.listen("127.0.0.1", "0");
    int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
    Handshake handshake = new Handshake(new byte[32], false, LIMIT);
    BlockingQueue<Handshake.Connection> arrived = new LinkedBlockingQueue<>();
    List<Socket> strangers = new ArrayList<>();
    int before = Thread.getAllStackTraces().size();
    Duration patience = Duration.ofSeconds(1);
    try (Reception reception =
        new Reception(listener, handshake, 0, (peer, purpose) -> true, arrived::add, patience)) {
      for (int i = 0; i < FLOOD; i++) {
        strangers.add(sends(port, new byte[0]));
      }
      assertThat(Thread.getAllStackTraces().size()).isLessThan(before + 10);
      try (SocketChannel rank =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
        handshake.connect(rank, 7, 0, Handshake.Purpose.CONTROL);
        // The connecting side is done before the reception hands on the connection.
        Handshake.Connection proven = arrived.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(proven).isNotNull().returns(7, Handshake.Connection::peer);
        proven.channel().close();
      }
      for (Socket stranger : strangers) {
        stranger.setSoTimeout((int) LIMIT.toMillis());
        assertThat(stranger.getInputStream().read()).isEqualTo(-1);
      }
    }
    assertThat(arrived).isEmpty();
    assertThat(listener.isOpen()).isFalse();
  }

  @Test
  void a_rank_that_waits_in_vain_tells_where_it_is_and_not_the_secret() {
    AtomicReference<String> card = new AtomicReference<>();
    Rendezvous alone =
        new Rendezvous() {
          @Override
          public int rank() {
            return 0;
          }

          @Override
          public int worldSize() {
            return 2;
          }

          @Override
          public List<String> allGather(String mine) {
            card.set(mine);
            return List.of(mine, "another-jvm 127.0.0.1 1 00");
          }
        };
    CollectiveOptions hasty =
        new CollectiveOptions(
            "127.0.0.1", "127.0.0.1", "0", LIMIT, Duration.ofMillis(100), false, true);
    Throwable failure = catchThrowable(() -> Collectives.join(alone, hasty));
    String secret = card.get().substring(card.get().lastIndexOf(' ') + 1);
    assertThat(secret).hasSize(64);
    assertThat(failure)
        .hasMessageContaining("rank 0 at 127.0.0.1:")
        .hasMessageNotContaining(secret);
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static byte[] garbage() {
    byte[] bytes = new byte[1 << 16];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  /** What a connector with another attempt's secret sends, and a proof for another nonce. */
  private static byte[] recordedHandshake() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> connector =
          CompletableFuture.runAsync(() -> lie(listener.getLocalPort()));
      ByteArrayOutputStream recorded = new ByteArrayOutputStream();
      try (Socket socket = listener.accept()) {
        InputStream in = socket.getInputStream();
        recorded.writeBytes(in.readNBytes(17 + 32));
      }
      connector.handle((done, refused) -> null).join();
      recorded.writeBytes(new byte[32]);
      return recorded.toByteArray();
    }
  }

  private static Socket sends(int port, byte[] bytes) {
    long until = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream().write(bytes);
        return socket;
      } catch (IOException e) {
        if (System.nanoTime() > until) {
          throw new IllegalStateException("expected rank 0 to listen", e);
        }
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  /** A handshake with a secret that is not the attempt's. */
  private static void lie(int port) {
    Handshake handshake = new Handshake(WRONG_SECRET, false, LIMIT);
    try (SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
      handshake.connect(channel, 1, 0, Handshake.Purpose.DATA);
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }
}
