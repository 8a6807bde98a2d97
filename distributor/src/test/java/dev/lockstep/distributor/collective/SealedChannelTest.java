package dev.lockstep.distributor.collective;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SealedChannelTest {
  private static final int BYTES = 8 << 20;

  @Test
  void both_directions_work_at_once() throws Exception {
    byte[] one = random(32, 1);
    byte[] other = random(32, 2);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (ServerSocketChannel server =
            ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        PeerChannel left =
            new SealedChannel(SocketChannel.open(server.getLocalAddress()), one, other);
        PeerChannel right = new SealedChannel(server.accept(), other, one)) {
      left.socket().configureBlocking(false);
      right.socket().configureBlocking(false);
      List<Callable<byte[]>> work =
          List.of(
              () -> write(left, random(BYTES, 3)),
              () -> write(right, random(BYTES, 4)),
              () -> read(left),
              () -> read(right));
      List<Future<byte[]>> done = threads.invokeAll(work, 60, TimeUnit.SECONDS);
      assertThat(done.get(2).get()).isEqualTo(done.get(1).get());
      assertThat(done.get(3).get()).isEqualTo(done.get(0).get());
    } finally {
      threads.shutdownNow();
    }
  }

  private static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] write(PeerChannel channel, byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining() || !channel.flush()) {
      if (channel.write(left) == 0) {
        Thread.onSpinWait();
      }
    }
    return bytes;
  }

  private static byte[] read(PeerChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) == 0) {
        Thread.onSpinWait();
      }
    }
    return bytes.array();
  }
}
