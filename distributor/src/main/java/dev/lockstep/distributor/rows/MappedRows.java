package dev.lockstep.distributor.rows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of equal size in a mapped file. Written once from front to back, then read at random; may be
 * larger than memory and than what one map can hold.
 */
final class MappedRows implements AutoCloseable {
  private static final int WRITE_BUFFER = 1 << 20;
  private static final long SEGMENT = 1L << 30;

  private final FileChannel file;
  private final int bytesPerRow;
  private final int rowsPerSegment;
  private final List<MappedByteBuffer> segments = new ArrayList<>();
  private ByteBuffer pending;
  private long rows;

  /**
   * No rows yet.
   *
   * @param directory where the file's blocks are; its name is removed at once, so that the blocks
   *     are freed with the last map, also when the process is killed
   * @param bytesPerRow size of a row
   */
  MappedRows(Path directory, int bytesPerRow) throws IOException {
    this.bytesPerRow = bytesPerRow;
    this.rowsPerSegment = (int) Math.max(1, SEGMENT / bytesPerRow);
    this.pending =
        ByteBuffer.allocate(Math.max(WRITE_BUFFER, bytesPerRow)).order(ByteOrder.nativeOrder());
    Path path = Files.createTempFile(directory, "lockstep-lanes-", ".rows");
    try {
      file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } finally {
      Files.delete(path);
    }
  }

  /** The place for one more row, from the buffer's position: exactly one row must be put there. */
  ByteBuffer append() throws IOException {
    if (pending.remaining() < bytesPerRow) {
      flush();
    }
    rows++;
    return pending;
  }

  /** Adds the rows whose bytes these are. */
  void append(byte[] whole) throws IOException {
    flush();
    write(ByteBuffer.wrap(whole));
    rows += whole.length / bytesPerRow;
  }

  private void flush() throws IOException {
    pending.flip();
    write(pending);
    pending.clear();
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  /**
   * Ends writing. Every byte has been written before it is mapped: a map never meets a full disk.
   */
  void seal() throws IOException {
    flush();
    pending = ByteBuffer.allocate(0);
    for (long from = 0; from < rows; from += rowsPerSegment) {
      long size = Math.min(rowsPerSegment, rows - from) * bytesPerRow;
      MappedByteBuffer segment = file.map(FileChannel.MapMode.READ_ONLY, from * bytesPerRow, size);
      segment.order(ByteOrder.nativeOrder());
      segments.add(segment);
    }
    file.close();
  }

  long rows() {
    return rows;
  }

  /** What a row lies in, at {@link #offset}. */
  ByteBuffer segment(long row) {
    return segments.get((int) (row / rowsPerSegment));
  }

  /** Where a row begins in its segment. */
  int offset(long row) {
    return (int) (row % rowsPerSegment) * bytesPerRow;
  }

  /** Compares the bytes of two rows as unsigned numbers. */
  int compare(long one, long other) {
    ByteBuffer first = segment(one).slice(offset(one), bytesPerRow);
    ByteBuffer second = segment(other).slice(offset(other), bytesPerRow);
    int at = first.mismatch(second);
    return at < 0 ? 0 : Byte.compareUnsigned(first.get(at), second.get(at));
  }

  @Override
  public void close() throws IOException {
    segments.forEach(Unmapper::unmap);
    segments.clear();
    file.close();
  }
}
