package dev.lockstep.data.ingest;

import dev.lockstep.data.internal.spark.TaskInput;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configurable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.BZip2Codec;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.hadoop.io.compress.GzipCodec;

/** Opens text files, whatever they are compressed and encoded with. */
final class TextFile {
  private static final int BUFFER = 1 << 16;
  private static final int LONGEST_MARK = 4;

  /** What a file begins with that names its encoding; a longer one before its own beginning. */
  private record ByteOrderMark(String bytes, Charset encoding) {}

  private static final List<ByteOrderMark> ORDER_MARKS =
      List.of(
          new ByteOrderMark("\u00ef\u00bb\u00bf", StandardCharsets.UTF_8),
          new ByteOrderMark("\u00ff\u00fe\0\0", Charset.forName("UTF-32LE")),
          new ByteOrderMark("\0\0\u00fe\u00ff", Charset.forName("UTF-32BE")),
          new ByteOrderMark("\u00ff\u00fe", StandardCharsets.UTF_16LE),
          new ByteOrderMark("\u00fe\u00ff", StandardCharsets.UTF_16BE));

  private TextFile() {}

  /**
   * Opens a file.
   *
   * @param encoding its encoding where it has no byte order mark; UTF-8 if empty
   */
  static DecodedText open(String file, Configuration hadoop, Optional<Charset> encoding)
      throws IOException {
    Path path = new Path(file);
    InputStream raw = TaskInput.counted(path.getFileSystem(hadoop).open(path));
    try {
      InputStream plain =
          buffered(
              uncompressed(
                  buffered(raw), new CompressionCodecFactory(hadoop).getCodec(path), hadoop));
      String beginning = beginning(plain);
      for (ByteOrderMark mark : ORDER_MARKS) {
        if (beginning.startsWith(mark.bytes())) {
          plain.skipNBytes(mark.bytes().length());
          return new DecodedText(plain, mark.encoding());
        }
      }
      return new DecodedText(plain, encoding.orElse(StandardCharsets.UTF_8));
    } catch (IOException | RuntimeException e) {
      raw.close();
      throw e;
    }
  }

  /** Whether a file is Parquet, by what it begins with. */
  static boolean isParquet(Path path, Configuration hadoop) throws IOException {
    try (InputStream bytes = buffered(path.getFileSystem(hadoop).open(path))) {
      return beginning(bytes).equals("PAR1");
    }
  }

  private static InputStream buffered(InputStream bytes) {
    return new BufferedInputStream(bytes, BUFFER);
  }

  /** The first bytes as characters; they are read again afterwards. */
  private static String beginning(InputStream bytes) throws IOException {
    bytes.mark(LONGEST_MARK);
    String beginning = new String(bytes.readNBytes(LONGEST_MARK), StandardCharsets.ISO_8859_1);
    bytes.reset();
    return beginning;
  }

  /** By what the bytes begin with, as names may lie; by the name for what does not tell itself. */
  private static InputStream uncompressed(
      InputStream bytes, CompressionCodec byName, Configuration hadoop) throws IOException {
    String beginning = beginning(bytes);
    if (beginning.startsWith("PK\u0003\u0004")) {
      return ZippedFile.open(bytes);
    }
    if (beginning.startsWith("\u001f\u008b")) {
      return stream(new GzipCodec(), bytes, hadoop);
    }
    if (beginning.startsWith("BZh")) {
      return stream(new BZip2Codec(), bytes, hadoop);
    }
    boolean told = byName == null || byName instanceof GzipCodec || byName instanceof BZip2Codec;
    return told ? bytes : byName.createInputStream(bytes);
  }

  private static InputStream stream(CompressionCodec codec, InputStream bytes, Configuration hadoop)
      throws IOException {
    ((Configurable) codec).setConf(hadoop);
    return codec.createInputStream(bytes);
  }
}
