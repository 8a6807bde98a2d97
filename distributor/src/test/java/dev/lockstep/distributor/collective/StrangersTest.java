package dev.lockstep.distributor.collective;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Others than ranks that connect to a rank's port. */
class StrangersTest {
  private static final byte[] WRONG_SECRET = new byte[32];
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
        java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
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
