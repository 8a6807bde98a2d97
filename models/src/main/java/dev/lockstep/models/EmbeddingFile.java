package dev.lockstep.models;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * The trained rows of some lanes of ids, in the order of their ids: magic, width and number of rows
 * as big-endian int32, the ids as little-endian int64, then the rows as little-endian float32. It
 * is mapped and searched, not read.
 */
public final class EmbeddingFile {
  private static final int MAGIC = 0x4C4B5345;
  private static final int HEADER = 3 * Integer.BYTES;
  private static final int ROWS_AT_ONCE = 4096;

  private final int width;
  private final int rows;
  private final ByteBuffer ids;
  private final ByteBuffer values;

  private EmbeddingFile(int width, int rows, ByteBuffer file) {
    this.width = width;
    this.rows = rows;
    this.ids = file.slice(HEADER, rows * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int from = HEADER + rows * Long.BYTES;
    this.values = file.slice(from, file.limit() - from).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Rows in ascending order of their ids. */
  public interface Rows {
    /** Number of rows. */
    int count();

    /** The id of a row. */
    long id(int row);

    /** Copies the values of a row. */
    void copy(int row, float[] values, int at);
  }

  /**
   * Writes rows.
   *
   * @param width number of values of a row
   * @return SHA-256 of what was written, in hexadecimal
   * @throws IOException if it cannot be written, or would be larger than 2 GB
   */
  public static String write(Rows rows, int width, OutputStream target) throws IOException {
    if (bytes(rows.count(), width) > Integer.MAX_VALUE) {
      throw new IOException(
          "%,d embeddings of %d values are larger than a file of 2 GB"
              .formatted(rows.count(), width));
    }
    MessageDigest digest = Weights.sha256();
    DataOutputStream out = new DataOutputStream(new DigestOutputStream(target, digest));
    out.writeInt(MAGIC);
    out.writeInt(width);
    out.writeInt(rows.count());
    float[] row = new float[width];
    ByteBuffer block =
        ByteBuffer.allocate(ROWS_AT_ONCE * Math.max(Long.BYTES, width * Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < rows.count(); from += ROWS_AT_ONCE) {
      int to = Math.min(rows.count(), from + ROWS_AT_ONCE);
      block.clear();
      for (int i = from; i < to; i++) {
        block.putLong(rows.id(i));
      }
      out.write(block.array(), 0, block.position());
    }
    for (int from = 0; from < rows.count(); from += ROWS_AT_ONCE) {
      int to = Math.min(rows.count(), from + ROWS_AT_ONCE);
      block.clear();
      for (int i = from; i < to; i++) {
        rows.copy(i, row, 0);
        for (float value : row) {
          block.putFloat(value);
        }
      }
      out.write(block.array(), 0, block.position());
    }
    out.flush();
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Size in bytes of a file of so many rows. */
  public static long bytes(long rows, int width) {
    return HEADER + rows * (Long.BYTES + (long) width * Float.BYTES);
  }

  /**
   * Maps a file, whose name may go away while it is mapped.
   *
   * @param width number of values that a row must have
   * @throws IOException if it is not such a file, or not whole
   */
  public static EmbeddingFile map(Path path, int width) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      if (file.size() < HEADER || file.size() > Integer.MAX_VALUE) {
        throw new IOException(path.getFileName() + " is not a file of embeddings");
      }
      ByteBuffer map = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
      int magic = map.getInt(0);
      int found = map.getInt(Integer.BYTES);
      int rows = map.getInt(2 * Integer.BYTES);
      if (magic != MAGIC || found != width || rows < 0 || file.size() != bytes(rows, width)) {
        throw new IOException(
            "%s is not a whole file of embeddings of %d values"
                .formatted(path.getFileName(), width));
      }
      return new EmbeddingFile(width, rows, map);
    }
  }

  /** Number of rows. */
  public int rows() {
    return rows;
  }

  /** The id of a row, from 0 in ascending order of ids. */
  public long id(int row) {
    return ids.getLong(row * Long.BYTES);
  }

  /** Copies the values of a row. */
  public void copy(int row, float[] target, int at) {
    int from = row * width * Float.BYTES;
    for (int k = 0; k < width; k++) {
      target[at + k] = values.getFloat(from + k * Float.BYTES);
    }
  }

  /** The row of an id; negative if there is none. */
  public int find(long id) {
    int low = 0;
    int high = rows - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long found = id(middle);
      if (found < id) {
        low = middle + 1;
      } else if (found > id) {
        high = middle - 1;
      } else {
        return middle;
      }
    }
    return -1;
  }
}
