package dev.lockstep.distributor.collective;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where ranks become a {@link Collective}. */
public final class Collectives {
  private static final Logger LOG = LoggerFactory.getLogger(Collectives.class);
  private static final int SECRET = 32;
  private static final int SOCKET_BUFFER = 4 << 20;

  /** What is on its way from one process to another of the same host then stays in the cache. */
  private static final int SEND_BUFFER_WITHIN_A_HOST = 128 << 10;

  /** Tells ranks of this JVM from those of others. */
  private static final String JVM = UUID.randomUUID().toString();

  private Collectives() {}

  /**
   * What a rank tells the others.
   *
   * @param secret the attempt's secret, from rank 0; rank 0's is used
   */
  private record Card(String jvm, String host, int port, String secret) {
    static Card parse(String text) {
      String[] fields = text.split(" ", -1);
      return new Card(fields[0], fields[1], Integer.parseInt(fields[2]), fields[3]);
    }

    String encode() {
      return jvm + " " + host + " " + port + " " + secret;
    }

    /** Where the rank is: this goes into messages, and the secret does not. */
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /**
   * Connects this rank to all others.
   *
   * @param rendezvous how the ranks find each other; what travels there must be confidential
   * @throws IOException if a rank cannot be reached in time; the message names both ends
   */
  public static Collective join(Rendezvous rendezvous, CollectiveOptions options)
      throws IOException {
    int rank = rendezvous.rank();
    int worldSize = rendezvous.worldSize();
    byte[] random = new byte[SECRET];
    new SecureRandom().nextBytes(random);
    try (ServerSocketChannel listener = Ports.listen(options.bindAddress(), options.ports())) {
      int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
      String jvm = options.sharedMemory() ? JVM : UUID.randomUUID().toString();
      String secret = HexFormat.of().formatHex(random);
      Card mine = new Card(jvm, options.advertisedAddress(), port, secret);
      List<Card> cards = rendezvous.allGather(mine.encode()).stream().map(Card::parse).toList();
      byte[] shared = HexFormat.of().parseHex(cards.get(0).secret());
      List<Integer> locals = new ArrayList<>();
      for (int other = 0; other < worldSize; other++) {
        if (other != rank && cards.get(other).jvm().equals(jvm)) {
          locals.add(other);
        }
      }
      Handshake handshake = new Handshake(shared, options.encrypted(), options.connect());
      Meeting meeting = new Meeting(rank, worldSize, locals, handshake, options);
      LocalGroup group =
          LocalGroup.enter(cards.get(0).secret() + jvm, worldSize, locals.size() + 1);
      try {
        meeting.run(listener, cards);
        return meeting.collective(group);
      } catch (IOException | RuntimeException e) {
        group.leave();
        throw e;
      }
    }
  }

  /** The connections of one rank while they are made. */
  private static final class Meeting {
    private final int rank;
    private final int worldSize;
    private final List<Integer> locals;
    private final Handshake handshake;
    private final CollectiveOptions options;
    private final Map<Integer, PeerChannel> data = new ConcurrentSkipListMap<>();
    private final Map<Integer, PeerChannel> heartbeats = new ConcurrentSkipListMap<>();
    private final java.util.Set<String> admitted =
        java.util.concurrent.ConcurrentHashMap.newKeySet();
    private final CountDownLatch awaited;

    Meeting(
        int rank,
        int worldSize,
        List<Integer> locals,
        Handshake handshake,
        CollectiveOptions options) {
      this.rank = rank;
      this.worldSize = worldSize;
      this.locals = locals;
      this.handshake = handshake;
      this.options = options;
      int listening = 0;
      for (int other = rank + 1; other < worldSize; other++) {
        listening += locals.contains(other) ? 0 : Handshake.Purpose.values().length;
      }
      this.awaited = new CountDownLatch(listening);
    }

    /** Connects to the ranks below, and lets those above connect. */
    @SuppressWarnings("try") // The reception works by itself until it is closed.
    void run(ServerSocketChannel listener, List<Card> cards) throws IOException {
      try (Reception reception =
          new Reception(listener, handshake, rank, this::admit, this::arrived, options.connect())) {
        for (int other = 0; other < rank; other++) {
          if (!locals.contains(other)) {
            for (Handshake.Purpose purpose : Handshake.Purpose.values()) {
              connect(cards.get(other), other, purpose);
            }
          }
        }
        if (!awaited.await(options.connect().toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IOException(
              "rank %d at %s waited %d s, but only these ranks connected: %s"
                  .formatted(
                      rank, cards.get(rank), options.connect().toSeconds(), heartbeats.keySet()));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while connecting to the other ranks", e);
      }
    }

    private void connect(Card card, int other, Handshake.Purpose purpose) throws IOException {
      SocketAddress address = new InetSocketAddress(card.host(), card.port());
      SocketChannel channel = SocketChannel.open();
      try {
        tune(channel);
        channel.socket().connect(address, (int) options.connect().toMillis());
        setSendBuffer(channel);
        keep(other, purpose, handshake.connect(channel, rank, other, purpose));
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw new IOException(
            "rank %d (%s) cannot connect to rank %d at %s:%d: %s. Check that executors reach each other there; see the options for bind address and ports"
                .formatted(
                    rank,
                    options.advertisedAddress(),
                    other,
                    card.host(),
                    card.port(),
                    e.getMessage()),
            e);
      }
    }

    private void arrived(Handshake.Connection connection) {
      try {
        tune(connection.channel().socket());
        setSendBuffer(connection.channel().socket());
      } catch (IOException e) {
        LOG.debug("a connection keeps its usual buffers", e);
      }
      keep(connection.peer(), connection.purpose(), connection.channel());
      awaited.countDown();
    }

    private boolean admit(int peer, Handshake.Purpose purpose) {
      boolean awaitedHere = peer > rank && peer < worldSize && !locals.contains(peer);
      return awaitedHere && admitted.add(peer + " " + purpose);
    }

    private static void tune(SocketChannel channel) throws IOException {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    /** Once it is connected. */
    private static void setSendBuffer(SocketChannel channel) throws IOException {
      int bytes = isWithinHost(channel) ? SEND_BUFFER_WITHIN_A_HOST : SOCKET_BUFFER;
      channel.setOption(StandardSocketOptions.SO_SNDBUF, bytes);
    }

    private static boolean isWithinHost(SocketChannel channel) throws IOException {
      InetAddress here = ((InetSocketAddress) channel.getLocalAddress()).getAddress();
      InetAddress there = ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
      return here.equals(there) || there.isLoopbackAddress();
    }

    private void keep(int peer, Handshake.Purpose purpose, PeerChannel channel) {
      (purpose == Handshake.Purpose.DATA ? data : heartbeats).put(peer, channel);
    }

    Collective collective(LocalGroup group) throws IOException {
      Vitals[] vitals = new Vitals[worldSize];
      for (int other = 0; other < worldSize; other++) {
        vitals[other] =
            other == rank || locals.contains(other) ? group.vitals(other) : new Vitals();
      }
      FailureDetector detector =
          new FailureDetector(rank, vitals, group.failure(), options.silence());
      return new DirectExchange(
          rank,
          worldSize,
          group,
          locals,
          new TcpTransport(data, worldSize, detector),
          new HeartbeatChannel(rank, heartbeats, vitals, group.failure(), options.silence()),
          detector);
    }
  }
}
