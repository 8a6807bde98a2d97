package dev.lockstep.distributor.collective;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM in frames: a length, then the ciphertext with its tag. Each direction of each
 * connection has a key of its own, and the frame's number is its nonce, so no nonce is used twice
 * and no frame can be left out, repeated or moved.
 */
final class SealedChannel extends PeerChannel {
  private static final int FRAME = 1 << 14;
  private static final int TAG = 16;
  private static final int NONCE = 12;

  // One for each direction: a connection may be written to and read from at the same time.
  private final Cipher encrypting = cipher();
  private final Cipher decrypting = cipher();
  private final SecretKeySpec writeKey;
  private final SecretKeySpec readKey;
  private final ByteBuffer outgoing =
      ByteBuffer.allocateDirect(Integer.BYTES + FRAME + TAG).limit(0);
  private final ByteBuffer incoming = ByteBuffer.allocateDirect(Integer.BYTES + FRAME + TAG);
  private final ByteBuffer clear = ByteBuffer.allocateDirect(FRAME + TAG).limit(0);
  private long written;
  private long read;

  SealedChannel(SocketChannel socket, byte[] writeKey, byte[] readKey) {
    super(socket);
    this.writeKey = new SecretKeySpec(writeKey, "AES");
    this.readKey = new SecretKeySpec(readKey, "AES");
  }

  private static Cipher cipher() {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("expected a JVM with AES-GCM", e);
    }
  }

  private static void start(Cipher cipher, int mode, SecretKeySpec key, long number)
      throws GeneralSecurityException {
    byte[] nonce = ByteBuffer.allocate(NONCE).putInt(0).putLong(number).array();
    cipher.init(mode, key, new GCMParameterSpec(TAG * Byte.SIZE, nonce));
  }

  @Override
  int write(ByteBuffer source) throws IOException {
    int taken = 0;
    while (source.hasRemaining() && flush()) {
      int length = Math.min(FRAME, source.remaining());
      ByteBuffer part = source.slice(source.position(), length);
      outgoing.clear();
      outgoing.putInt(length + TAG);
      try {
        start(encrypting, Cipher.ENCRYPT_MODE, writeKey, written++);
        encrypting.doFinal(part, outgoing);
      } catch (GeneralSecurityException e) {
        throw new IOException("encrypting failed", e);
      }
      outgoing.flip();
      source.position(source.position() + length);
      taken += length;
    }
    flush();
    return taken;
  }

  @Override
  boolean flush() throws IOException {
    if (outgoing.hasRemaining()) {
      socket().write(outgoing);
    }
    return !outgoing.hasRemaining();
  }

  @Override
  int read(ByteBuffer target) throws IOException {
    int given = 0;
    while (target.hasRemaining()) {
      if (!clear.hasRemaining() && !nextFrame()) {
        return given;
      }
      int length = Math.min(clear.remaining(), target.remaining());
      target.put(target.position(), clear, clear.position(), length);
      target.position(target.position() + length);
      clear.position(clear.position() + length);
      given += length;
    }
    return given;
  }

  /** Decrypts the next frame if all of it has arrived. */
  private boolean nextFrame() throws IOException {
    if (incoming.position() < Integer.BYTES) { // A lower limit would cut off what is there.
      incoming.limit(Integer.BYTES);
      if (!fill()) {
        return false;
      }
    }
    int length = incoming.getInt(0);
    if (length <= TAG || length > FRAME + TAG) {
      throw new IOException("a frame of " + length + " bytes is not possible");
    }
    incoming.limit(Integer.BYTES + length);
    if (!fill()) {
      return false;
    }
    clear.clear();
    try {
      start(decrypting, Cipher.DECRYPT_MODE, readKey, read++);
      decrypting.doFinal(incoming.slice(Integer.BYTES, length), clear);
    } catch (GeneralSecurityException e) {
      throw new IOException("a frame was altered on its way", e);
    }
    clear.flip();
    incoming.clear();
    return true;
  }

  private boolean fill() throws IOException {
    if (incoming.hasRemaining() && socket().read(incoming) < 0) {
      throw new EOFException("connection closed");
    }
    return !incoming.hasRemaining();
  }
}
