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
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
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
  private static final int CHUNK = 1 << 16;
  private static final int MAX_AXES = 8;

  private Weights() {}

  /** Has the values of a network's parameters. */
  @FunctionalInterface
  public interface Source {
    /** A parameter's values; they may be gone when the next parameter's are asked for. */
    FloatBuffer of(Parameter parameter);
  }

  /** Takes the values of a network's parameters. */
  @FunctionalInterface
  public interface Taker {
    /** Takes a parameter's values, in the order of memory. */
    void take(Parameter parameter, float[] values);
  }

  /**
   * Writes all parameters of an initialised block.
   *
   * @return SHA-256 of what was written, in hexadecimal
   */
  public static String write(Block block, OutputStream target) throws IOException {
    return write(block, p -> Libtorch.memory(p.getArray()).asFloatBuffer(), target);
  }

  /**
   * Writes all parameters of a block.
   *
   * @param block the network, whose parameters have their shapes
   * @param source their values; it is asked in the order of the block
   * @return SHA-256 of what was written, in hexadecimal
   */
  public static String write(Block block, Source source, OutputStream target) throws IOException {
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
      if (array.size() == 0) {
        continue;
      }
      FloatBuffer values = source.of(entry.getValue());
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
      while (values.hasRemaining()) {
        int count = Math.min(CHUNK / Float.BYTES, values.remaining());
        chunk.asFloatBuffer().put(0, values, values.position(), count);
        values.position(values.position() + count);
        out.write(chunk.array(), 0, count * Float.BYTES);
      }
    }
    out.flush();
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Checks that a file holds the weights that a card names, before anything is allocated for them.
   *
   * @param block the network as it was built, not initialised yet
   * @param sha256 SHA-256 that the file must have, in hexadecimal
   * @throws IOException if the file is torn, changed, or holds other parameters than the block
   */
  public static void verify(Block block, InputStream source, String sha256) throws IOException {
    MessageDigest digest = sha256();
    IOException other = null;
    InputStream digested = new DigestInputStream(source, digest);
    try {
      walk(block, new DataInputStream(digested), Weights::pass);
    } catch (IOException e) {
      other = e;
    }
    digested.transferTo(OutputStream.nullOutputStream());
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(sha256)) {
      throw new IOException(
          "the file was changed or damaged: its SHA-256 is %s, not %s".formatted(found, sha256));
    }
    if (other != null) {
      throw other;
    }
  }

  /**
   * Fills the parameters of an initialised block of the same architecture.
   *
   * @throws IOException if the file is torn or holds other parameters
   */
  public static void read(Block block, InputStream source) throws IOException {
    read(block, source, Weights::set);
  }

  /**
   * Reads the parameters of a block of the same architecture.
   *
   * @param taker takes their values
   * @throws IOException if the file is torn or holds other parameters
   */
  public static void read(Block block, InputStream source, Taker taker) throws IOException {
    walk(
        block,
        new DataInputStream(source),
        (parameter, in, bytes) -> taker.take(parameter, floats(in, bytes)));
    if (source.read() >= 0) {
      throw new IOException("the weights file goes on after the last parameter");
    }
  }

  /** Takes the values of one parameter, so many bytes. */
  @FunctionalInterface
  private interface Values {
    void take(Parameter parameter, DataInputStream in, int bytes) throws IOException;
  }

  private static void walk(Block block, DataInputStream in, Values values) throws IOException {
    try {
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
        long size = header(in, entry.getKey(), entry.getValue().getShape());
        if (size < 0 || size > Integer.MAX_VALUE / Float.BYTES) {
          throw new IOException("%s has %d values".formatted(entry.getKey(), size));
        }
        values.take(entry.getValue(), in, Math.toIntExact(size * Float.BYTES));
      }
    } catch (EOFException e) {
      throw new IOException("the weights file ends early", e);
    }
  }

  /**
   * Reads what stands before a parameter's values.
   *
   * @param shape the shape that it must have; null where the block knows it only when initialised
   * @return the number of values
   */
  private static long header(DataInputStream in, String name, Shape shape) throws IOException {
    byte[] expected = name.getBytes(StandardCharsets.UTF_8);
    byte[] found = new byte[expected.length];
    boolean named = in.readInt() == expected.length;
    if (named) {
      in.readFully(found);
    }
    if (!named || !Arrays.equals(found, expected)) {
      throw new IOException("the next parameter is not " + name);
    }
    int axes = in.readInt();
    boolean same = shape == null ? axes >= 0 && axes <= MAX_AXES : axes == shape.dimension();
    long size = 1;
    for (int axis = 0; same && axis < axes; axis++) {
      long length = in.readLong();
      same = shape == null || length == shape.get(axis);
      size *= length;
    }
    if (!same) {
      throw new IOException("%s does not have the shape %s".formatted(name, shape));
    }
    return size;
  }

  /** Reads over values: what is skipped would be missing in a digest. */
  private static void pass(Parameter parameter, DataInputStream in, int length) throws IOException {
    byte[] chunk = new byte[Math.min(length, CHUNK)];
    for (int left = length; left > 0; left -= chunk.length) {
      in.readFully(chunk, 0, Math.min(left, chunk.length));
    }
  }

  private static float[] floats(DataInputStream in, int length) throws IOException {
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    float[] values = new float[length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  /** Gives a parameter of an initialised block its values. */
  static void set(Parameter parameter, float[] values) {
    if (values.length > 0) {
      Libtorch.memory(parameter.getArray()).asFloatBuffer().put(values);
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
