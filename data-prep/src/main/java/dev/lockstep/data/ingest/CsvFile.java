package dev.lockstep.data.ingest;

import dev.lockstep.data.LockstepException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.spark.sql.SparkSession;

/**
 * The beginning of a CSV file: how many fields, whether names.
 *
 * @param first the first line's fields, trimmed
 * @param second the second line's; empty where there is none
 */
record CsvFile(List<String> first, List<String> second) {
  private static final String BYTE_ORDER_MARK = "\ufeff";

  /** Reads the first two lines that are not blank. */
  static CsvFile open(SparkSession spark, String file) {
    try (BufferedReader reader = reader(spark, file)) {
      List<String> lines = reader.lines().filter(line -> !line.isBlank()).limit(2).toList();
      if (lines.isEmpty()) {
        throw new LockstepException(file + " has no rows", "Give a file with data");
      }
      return new CsvFile(fields(lines.get(0)), lines.size() > 1 ? fields(lines.get(1)) : List.of());
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** The number, from 1, of the first line that is one of the given texts. */
  static OptionalLong lineOf(Set<String> texts, SparkSession spark, String file) {
    try (BufferedReader reader = reader(spark, file)) {
      long number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (texts.contains(line.strip())) {
          return OptionalLong.of(number);
        }
      }
      return OptionalLong.empty();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static LockstepException unreadable(String file, IOException e) {
    return new LockstepException(
        "cannot read " + file + ": " + e.getMessage(), "Check the path and its rights", e);
  }

  /** Text as Spark sees it: uncompressed by the file's ending, without a byte order mark. */
  private static BufferedReader reader(SparkSession spark, String file) throws IOException {
    Path path = new Path(file);
    Configuration hadoop = spark.sessionState().newHadoopConf();
    var files = path.getFileSystem(hadoop);
    if (!files.exists(path)) {
      throw new LockstepException("there is no file " + file, "Check the path");
    }
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(path);
    InputStream bytes = files.open(path);
    InputStream plain = codec == null ? bytes : codec.createInputStream(bytes);
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
    reader.mark(1);
    if (reader.read() != BYTE_ORDER_MARK.charAt(0)) {
      reader.reset();
    }
    return reader;
  }

  /** Enough for telling names from values; Spark's reader does the rest. */
  private static List<String> fields(String line) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        fields.add(field.toString().strip());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString().strip());
    return fields;
  }

  int width() {
    return first.size();
  }

  /**
   * Whether the first line names columns by its looks: its fields differ, none is a number or a
   * missing mark, and the second line has a number somewhere.
   */
  boolean looksNamed(Set<String> missing) {
    boolean words = first.stream().noneMatch(f -> isNumber(f) || missing.contains(f));
    boolean different = first.stream().distinct().count() == first.size();
    return words && different && (second.isEmpty() || second.stream().anyMatch(CsvFile::isNumber));
  }

  private static boolean isNumber(String text) {
    return text.matches(ColumnScan.NUMBER);
  }
}
