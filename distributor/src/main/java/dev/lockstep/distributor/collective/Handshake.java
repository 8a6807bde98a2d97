package dev.lockstep.distributor.collective;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How two ranks prove to each other that they know the attempt's secret, before a byte of data.
 * Each side answers the other's fresh nonce, so a recorded handshake is of no use; every message
 * has a fixed length, so nothing is allocated on a stranger's word.
 */
final class Handshake {
  private static final long MAGIC = 0x4C4F_434B_5354_4550L;
  private static final int NONCE = 32;
  private static final int HEADER = Long.BYTES + 2 * Integer.BYTES + 1;
  private static final byte WELCOME = 1;

  private final byte[] secret;
  private final boolean encrypted;
  private final Duration limit;

  /** What a connection is for. */
  enum Purpose {
    DATA('D'),
    CONTROL('C');

    private final byte code;

    Purpose(char code) {
      this.code = (byte) code;
    }

    private static Purpose of(byte code) throws IOException {
      for (Purpose purpose : values()) {
        if (purpose.code == code) {
          return purpose;
        }
      }
      throw new IOException("it does not say what it is for");
    }
  }

  /** A proven connection. */
  record Connection(int peer, Purpose purpose, PeerChannel channel) {}

  Handshake(byte[] secret, boolean encrypted, Duration limit) {
    this.secret = secret.clone();
    this.encrypted = encrypted;
    this.limit = limit;
  }

  /** The side that connected. */
  PeerChannel connect(SocketChannel channel, int self, int peer, Purpose purpose)
      throws IOException {
    Socket socket = prepare(channel);
    DataInputStream in = new DataInputStream(socket.getInputStream());
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    byte[] mine = nonce();
    byte[] header = header(self, peer, purpose);
    out.write(header);
    out.write(mine);
    byte[] theirs = in.readNBytes(NONCE);
    byte[] proof = in.readNBytes(NONCE);
    if (!MessageDigest.isEqual(proof, mac("listener", header, mine, theirs))) {
      throw new IOException("the listener does not know the secret");
    }
    out.write(mac("connector", header, mine, theirs));
    if (in.read() != WELCOME) {
      throw new IOException("the listener refused the connection");
    }
    return finish(channel, header, mine, theirs, true);
  }

  /** What a listener admits. */
  interface Door {
    /** Whether a connection of that kind is still awaited; the first to ask gets the place. */
    boolean admit(int peer, Purpose purpose);
  }

  /** The side that was connected to, for a channel that does not block. */
  Greeting greeting(SocketChannel channel, int self, Door door) {
    return new Greeting(channel, self, door);
  }

  /** The listener's side of one handshake, which goes on as bytes come and never waits for any. */
  final class Greeting {
    private final SocketChannel channel;
    private final int self;
    private final Door door;
    private final ByteBuffer hello = ByteBuffer.allocate(HEADER + NONCE);
    private final ByteBuffer proof = ByteBuffer.allocate(NONCE);
    private final byte[] header = new byte[HEADER];
    private final byte[] theirs = new byte[NONCE];
    private final byte[] mine = nonce();

    private Greeting(SocketChannel channel, int self, Door door) {
      this.channel = channel;
      this.self = self;
      this.door = door;
    }

    /** Whether the other side has not even said what it wants. */
    boolean isSilent() {
      return hello.hasRemaining();
    }

    /**
     * Takes what has come.
     *
     * @return the connection, once it is proven
     * @throws IOException if it is none of a rank of this attempt
     */
    Optional<Connection> advance() throws IOException {
      if (hello.hasRemaining()) {
        read(hello, "it does not speak Lockstep's protocol");
        if (hello.hasRemaining()) {
          return Optional.empty();
        }
        hello.flip().get(header).get(theirs);
        check();
        write(ByteBuffer.allocate(2 * NONCE).put(mine).put(mac("listener", header, theirs, mine)));
      }
      read(proof, "it does not know the secret of this attempt");
      return proof.hasRemaining() ? Optional.empty() : Optional.of(proven());
    }

    private void check() throws IOException {
      ByteBuffer fields = ByteBuffer.wrap(header);
      if (fields.getLong() != MAGIC) {
        throw new IOException("it does not speak Lockstep's protocol");
      }
      if (fields.position(fields.position() + Integer.BYTES).getInt() != self) {
        throw new IOException("it is not meant for rank " + self);
      }
    }

    private Connection proven() throws IOException {
      if (!MessageDigest.isEqual(proof.array(), mac("connector", header, theirs, mine))) {
        throw new IOException("it does not know the secret of this attempt");
      }
      ByteBuffer fields = ByteBuffer.wrap(header).position(Long.BYTES);
      int peer = fields.getInt();
      Purpose purpose = Purpose.of(fields.position(HEADER - 1).get());
      if (!door.admit(peer, purpose)) {
        throw new IOException("rank " + peer + " is not awaited, or is connected already");
      }
      write(ByteBuffer.allocate(1).put(WELCOME));
      return new Connection(peer, purpose, finish(channel, header, theirs, mine, false));
    }

    private void read(ByteBuffer into, String otherwise) throws IOException {
      if (channel.read(into) < 0) {
        throw new IOException(otherwise);
      }
    }

    /** A few bytes, which the empty buffers of a new connection take at once. */
    private void write(ByteBuffer filled) throws IOException {
      ByteBuffer bytes = filled.flip();
      channel.write(bytes);
      if (bytes.hasRemaining()) {
        throw new IOException("it does not read");
      }
    }
  }

  private Socket prepare(SocketChannel channel) throws IOException {
    Socket socket = channel.socket();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) limit.toMillis());
    return socket;
  }

  private PeerChannel finish(
      SocketChannel channel, byte[] header, byte[] connector, byte[] listener, boolean connected)
      throws IOException {
    channel.configureBlocking(false);
    if (!encrypted) {
      return new PeerChannel.Plain(channel);
    }
    byte[] fromConnector = mac("key of the connector", header, connector, listener);
    byte[] fromListener = mac("key of the listener", header, connector, listener);
    return connected
        ? new SealedChannel(channel, fromConnector, fromListener)
        : new SealedChannel(channel, fromListener, fromConnector);
  }

  private static byte[] header(int self, int peer, Purpose purpose) {
    return ByteBuffer.allocate(HEADER)
        .putLong(MAGIC)
        .putInt(self)
        .putInt(peer)
        .put(purpose.code)
        .array();
  }

  private static byte[] nonce() {
    byte[] nonce = new byte[NONCE];
    new SecureRandom().nextBytes(nonce);
    return nonce;
  }

  private byte[] mac(String role, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      mac.update(role.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("expected a JVM with HmacSHA256", e);
    }
  }
}
