package dev.lockstep.data.internal.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;

/**
 * A value as the bytes that Java's serialization makes of it. Results and broadcasts go by the
 * serializer that a user has chosen for all of Spark ({@code spark.serializer}), and Kryo cannot
 * make records.
 *
 * @param <T> the value's type
 */
public final class JavaBytes<T extends Serializable> implements Serializable {
  private static final long serialVersionUID = 1;

  private final byte[] bytes;

  private JavaBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The bytes of a value. */
  public static <T extends Serializable> JavaBytes<T> of(T value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new JavaBytes<>(bytes.toByteArray());
  }

  /** The value, made again each time. */
  @SuppressWarnings("unchecked") // As it was given.
  public T get() {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (T) in.readObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("expected the same classes on driver and executors", e);
    }
  }
}
