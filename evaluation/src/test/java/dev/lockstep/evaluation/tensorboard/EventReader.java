package dev.lockstep.evaluation.tensorboard;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads event files by the format's description alone: checksums bit by bit, and protobuf by its
 * wire types, whatever the fields.
 */
final class EventReader {
  /** Castagnoli's polynomial, its bits in reverse. */
  private static final int POLYNOMIAL = 0x82f63b78;

  private EventReader() {}

  /** A value at a step. */
  record Scalar(double time, long step, String tag, float value) {}

  /** All scalars of a file, whose first record must be its version. */
  static List<Scalar> read(Path file) {
    List<Scalar> scalars = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      byte[] length = new byte[8];
      for (int number = 0; ; number++) {
        try {
          in.readFully(length);
        } catch (EOFException e) {
          return scalars;
        }
        check(length, Integer.reverseBytes(in.readInt()));
        byte[] event = new byte[(int) little(length).getLong()];
        in.readFully(event);
        check(event, Integer.reverseBytes(in.readInt()));
        read(little(event), number == 0, scalars);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void read(ByteBuffer event, boolean first, List<Scalar> scalars) {
    double time = 0;
    long step = 0;
    while (event.hasRemaining()) {
      long key = varint(event);
      switch ((int) (key >>> 3)) {
        case 1 -> time = event.getDouble();
        case 2 -> step = varint(event);
        case 3 -> {
          String version = text(event);
          if (!first || !version.equals("brain.Event:2")) {
            throw new IllegalStateException("expected the version first, got " + version);
          }
        }
        case 5 -> {
          ByteBuffer summary = part(event);
          while (summary.hasRemaining()) {
            expect(varint(summary), 1 << 3 | 2);
            scalars.add(value(part(summary), time, step));
          }
        }
        default -> throw new IllegalStateException("expected no field " + (key >>> 3));
      }
    }
  }

  private static Scalar value(ByteBuffer value, double time, long step) {
    expect(varint(value), 1 << 3 | 2);
    String tag = text(value);
    expect(varint(value), 2 << 3 | 5);
    return new Scalar(time, step, tag, value.getFloat());
  }

  private static void expect(long is, long expected) {
    if (is != expected) {
      throw new IllegalStateException("expected key " + expected + ", got " + is);
    }
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static ByteBuffer part(ByteBuffer in) {
    byte[] bytes = new byte[(int) varint(in)];
    in.get(bytes);
    return little(bytes);
  }

  private static String text(ByteBuffer in) {
    return StandardCharsets.UTF_8.decode(part(in)).toString();
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void check(byte[] bytes, int masked) {
    int crc = ~0;
    for (byte b : bytes) {
      crc ^= b & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc >>> 1 ^ ((crc & 1) == 0 ? 0 : POLYNOMIAL);
      }
    }
    int rotated = masked - 0xa282ead8;
    if (~crc != (rotated >>> 17 | rotated << 15)) {
      throw new IllegalStateException("expected another checksum");
    }
  }
}
