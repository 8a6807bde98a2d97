package dev.lockstep.evaluation.tensorboard;

import dev.lockstep.distributor.experiment.GrowingFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A file of TensorBoard's: records of a length, its checksum, a protobuf message {@code Event} and
 * its checksum. The few fields that scalars need are written here.
 */
final class EventFile implements AutoCloseable {
  private static final String VERSION = "brain.Event:2";
  private static final int CHECKSUM_DELTA = 0xa282ead8;

  // Fields of Event, Summary and Summary.Value: number and kind, as protobuf writes them.
  private static final int WALL_TIME = 1 << 3 | 1;
  private static final int STEP = 2 << 3;
  private static final int FILE_VERSION = 3 << 3 | 2;
  private static final int SUMMARY = 5 << 3 | 2;
  private static final int VALUE = 1 << 3 | 2;
  private static final int TAG = 1 << 3 | 2;
  private static final int SIMPLE_VALUE = 2 << 3 | 5;

  private final GrowingFile file;

  private EventFile(GrowingFile file) {
    this.file = file;
  }

  /** Begins a file; each beginning needs a name of its own. */
  static EventFile create(Path path, Configuration hadoop) throws IOException {
    EventFile events = new EventFile(GrowingFile.create(path, hadoop));
    events.record(now().field(FILE_VERSION, VERSION.getBytes(StandardCharsets.UTF_8)).content());
    events.flush();
    return events;
  }

  /**
   * Adds values at a step.
   *
   * @param scalars values by name; those that are no finite number are left out
   */
  void add(long step, Map<String, Double> scalars) throws IOException {
    Message summary = new Message();
    scalars.forEach(
        (tag, value) -> {
          if (Double.isFinite(value)) {
            byte[] name = tag.getBytes(StandardCharsets.UTF_8);
            Message one =
                new Message()
                    .field(TAG, name)
                    .number(SIMPLE_VALUE)
                    .bytes(little(Float.BYTES).putFloat(value.floatValue()).array());
            summary.field(VALUE, one.content());
          }
        });
    record(now().number(STEP).number(step).field(SUMMARY, summary.content()).content());
  }

  /** Lets readers see all that was added. */
  void flush() throws IOException {
    file.flush();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private static Message now() {
    Instant now = Instant.now();
    double seconds = now.getEpochSecond() + now.getNano() / 1e9;
    return new Message().number(WALL_TIME).bytes(little(Double.BYTES).putDouble(seconds).array());
  }

  private void record(byte[] event) throws IOException {
    byte[] length = little(Long.BYTES).putLong(event.length).array();
    file.write(
        little(Long.BYTES + Integer.BYTES + event.length + Integer.BYTES)
            .put(length)
            .putInt(checksum(length))
            .put(event)
            .putInt(checksum(event))
            .array());
  }

  /** CRC-32C, masked as a file needs it that may hold checksums of others. */
  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + CHECKSUM_DELTA;
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A protobuf message. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A number of seven bits a byte. */
    Message number(long value) {
      long rest = value;
      for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
        out.write((int) rest & 0x7f | 0x80);
      }
      out.write((int) rest);
      return this;
    }

    Message bytes(byte[] bytes) {
      out.writeBytes(bytes);
      return this;
    }

    /** A field with its length: a text, or another message. */
    Message field(int key, byte[] content) {
      return number(key).number(content.length).bytes(content);
    }

    byte[] content() {
      return out.toByteArray();
    }
  }
}
