package dev.lockstep.distributor.checkpoint;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The format of a checkpoint: magic, version, step, header, then each array with its name and
 * length, little-endian float32, and a SHA-256 of all that at the end.
 */
final class CheckpointFile {
  private static final int MAGIC = 0x4C4B5354;
  private static final int VERSION = 1;
  private static final int MAX_NAME = 1 << 10;
  private static final int CHUNK = 1 << 16;

  private CheckpointFile() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected a JVM with SHA-256", e);
    }
  }

  static void write(Checkpoint checkpoint, OutputStream target) throws IOException {
    MessageDigest digest = sha256();
    DataOutputStream out = new DataOutputStream(new DigestOutputStream(target, digest));
    out.writeInt(MAGIC);
    out.writeInt(VERSION);
    out.writeLong(checkpoint.step());
    text(out, checkpoint.header());
    out.writeInt(checkpoint.arrays().size());
    byte[] chunk = new byte[CHUNK];
    for (Map.Entry<String, ByteBuffer> entry : checkpoint.arrays().entrySet()) {
      ByteBuffer array = entry.getValue().duplicate().order(ByteOrder.nativeOrder());
      text(out, entry.getKey());
      out.writeInt(array.remaining() / Float.BYTES);
      ByteBuffer little = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
      while (array.hasRemaining()) {
        int bytes = Math.min(CHUNK, array.remaining());
        little.clear();
        little
            .asFloatBuffer()
            .put(
                array
                    .slice(array.position(), bytes)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer());
        out.write(chunk, 0, bytes);
        array.position(array.position() + bytes);
      }
    }
    out.flush();
    target.write(digest.digest());
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * Reads a checkpoint back.
   *
   * @param length size of the file, which bounds every allocation
   * @throws IOException if the file is torn, altered or none of ours
   */
  static Checkpoint read(InputStream source, long length) throws IOException {
    MessageDigest digest = sha256();
    DataInputStream in = new DataInputStream(new DigestInputStream(source, digest));
    if (in.readInt() != MAGIC) {
      throw new IOException("not a checkpoint");
    }
    int version = in.readInt();
    if (version != VERSION) {
      throw new IOException("checkpoint format " + version + " is not known, only " + VERSION);
    }
    long step = in.readLong();
    String header = text(in, length);
    int count = in.readInt();
    Map<String, ByteBuffer> arrays = new LinkedHashMap<>();
    byte[] chunk = new byte[CHUNK];
    for (int i = 0; i < count; i++) {
      String name = text(in, MAX_NAME);
      long bytes = in.readInt() * (long) Float.BYTES;
      if (bytes < 0 || bytes > length) {
        throw new IOException("array " + name + " claims " + bytes + " bytes of " + length);
      }
      ByteBuffer array =
          ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
      while (array.hasRemaining()) {
        int part = Math.min(CHUNK, array.remaining());
        in.readFully(chunk, 0, part);
        array
            .slice(array.position(), part)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer()
            .put(ByteBuffer.wrap(chunk, 0, part).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
        array.position(array.position() + part);
      }
      arrays.put(name, array.flip());
    }
    byte[] expected = digest.digest();
    byte[] stored = source.readNBytes(expected.length);
    if (!MessageDigest.isEqual(expected, stored)) {
      throw new IOException("checksum does not match");
    }
    return new Checkpoint(step, header, arrays);
  }

  private static String text(DataInputStream in, long limit) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > limit) {
      throw new IOException("a text of " + length + " bytes is not possible here");
    }
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }
}
