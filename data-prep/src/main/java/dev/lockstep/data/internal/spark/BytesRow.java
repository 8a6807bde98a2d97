package dev.lockstep.data.internal.spark;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeRowWriter;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.array.ByteArrayMethods;

/** A row whose only column is some bytes, written where the row will have them. */
public final class BytesRow {
  /** Writes the bytes. */
  @FunctionalInterface
  public interface Writer {
    /**
     * Writes the bytes.
     *
     * @param array where they belong
     * @param start index of the first
     */
    void write(byte[] array, int start);
  }

  private BytesRow() {}

  /** A row of so many bytes. */
  public static InternalRow of(int bytes, Writer content) {
    UnsafeRowWriter writer = new UnsafeRowWriter(1, bytes + Long.BYTES); // It pads to a long.
    writer.resetRowWriter();
    int cursor = writer.cursor();
    content.write(writer.getBuffer(), cursor - Platform.BYTE_ARRAY_OFFSET);
    writer.increaseCursor(bytes);
    writer.setOffsetAndSizeFromPreviousCursor(0, cursor);
    writer.increaseCursor(ByteArrayMethods.roundNumberOfBytesToNearestWord(bytes) - bytes);
    return writer.getRow();
  }
}
