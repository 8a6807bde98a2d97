package dev.lockstep.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import dev.lockstep.models.engine.Libtorch;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The weights file: magic, count, then each parameter's path, shape and little-endian float32
 * values, in the order of the block.
 */
public final class Weights {
  private static final int MAGIC = 0x4C4B5357;

  private Weights() {}

  /**
   * Writes all parameters of an initialised block.
   *
   * @return SHA-256 of what was written, in hexadecimal
   */
  public static String write(Block block, OutputStream target) throws IOException {
    MessageDigest digest = sha256();
    DataOutputStream out = new DataOutputStream(new DigestOutputStream(target, digest));
    List<Pair<String, Parameter>> parameters = distinct(block);
    out.writeInt(MAGIC);
    out.writeInt(parameters.size());
    for (Pair<String, Parameter> entry : parameters) {
      NDArray array = entry.getValue().getArray();
      byte[] path = entry.getKey().getBytes(StandardCharsets.UTF_8);
      out.writeInt(path.length);
      out.write(path);
      long[] shape = array.getShape().getShape();
      out.writeInt(shape.length);
      for (long size : shape) {
        out.writeLong(size);
      }
      float[] values = array.toFloatArray();
      ByteBuffer bytes =
          ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      out.write(bytes.array());
    }
    out.flush();
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Fills the parameters of an initialised block of the same architecture.
   *
   * @throws IOException if the file is torn or holds other parameters
   */
  public static void read(Block block, InputStream source) throws IOException {
    try {
      read(block, new DataInputStream(source));
    } catch (EOFException e) {
      throw new IOException("the weights file ends early", e);
    }
    if (source.read() >= 0) {
      throw new IOException("the weights file goes on after the last parameter");
    }
  }

  private static void read(Block block, DataInputStream in) throws IOException {
    List<Pair<String, Parameter>> parameters = distinct(block);
    if (in.readInt() != MAGIC) {
      throw new IOException("not a weights file");
    }
    int count = in.readInt();
    if (count != parameters.size()) {
      throw new IOException(
          "holds %d parameters, but the network has %d".formatted(count, parameters.size()));
    }
    for (Pair<String, Parameter> entry : parameters) {
      byte[] expected = entry.getKey().getBytes(StandardCharsets.UTF_8);
      byte[] found = new byte[expected.length];
      boolean named = in.readInt() == expected.length;
      if (named) {
        in.readFully(found);
      }
      if (!named || !Arrays.equals(found, expected)) {
        throw new IOException("the next parameter is not " + entry.getKey());
      }
      NDArray array = entry.getValue().getArray();
      Shape shape = array.getShape();
      boolean same = in.readInt() == shape.dimension();
      for (int axis = 0; same && axis < shape.dimension(); axis++) {
        same = in.readLong() == shape.get(axis);
      }
      if (!same) {
        throw new IOException("%s does not have the shape %s".formatted(entry.getKey(), shape));
      }
      byte[] bytes = new byte[Math.toIntExact(shape.size() * Float.BYTES)];
      in.readFully(bytes);
      float[] values = new float[bytes.length / Float.BYTES];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      Libtorch.memory(array).asFloatBuffer().put(values);
    }
  }

  /** The parameters with their paths, in order: a shared one is listed once for each use. */
  private static List<Pair<String, Parameter>> distinct(Block block) {
    IdentityHashMap<Parameter, Boolean> seen = new IdentityHashMap<>();
    return block.getParameters().stream()
        .filter(entry -> seen.put(entry.getValue(), true) == null)
        .toList();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected a JVM with SHA-256", e);
    }
  }
}
