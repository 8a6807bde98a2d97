package dev.lockstep.data.ingest;

import dev.lockstep.data.LockstepException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * The beginning of a CSV file: how many fields, whether names.
 *
 * @param first the first line's fields, trimmed
 * @param second the second line's; empty where there is none
 */
record CsvFile(List<String> first, List<String> second) {
  /** Reads the first two lines that are not blank. */
  static CsvFile open(SparkSession spark, String file) {
    Path path = new Path(file);
    try {
      var files = path.getFileSystem(spark.sessionState().newHadoopConf());
      if (!files.exists(path)) {
        throw new LockstepException("there is no file " + file, "Check the path");
      }
      try (BufferedReader reader =
          new BufferedReader(new InputStreamReader(files.open(path), StandardCharsets.UTF_8))) {
        List<String> lines = reader.lines().filter(line -> !line.isBlank()).limit(2).toList();
        if (lines.isEmpty()) {
          throw new LockstepException(file + " has no rows", "Give a file with data");
        }
        return new CsvFile(
            fields(lines.get(0)), lines.size() > 1 ? fields(lines.get(1)) : List.of());
      }
    } catch (IOException e) {
      throw new LockstepException(
          "cannot read " + file + ": " + e.getMessage(), "Check the path and its rights", e);
    }
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
   * Whether the first line names columns: its fields differ, none is a number or a missing mark,
   * and the second line has a number somewhere.
   */
  boolean looksNamed(Set<String> missing) {
    boolean words = first.stream().noneMatch(f -> isNumber(f) || missing.contains(f));
    boolean different = first.stream().distinct().count() == first.size();
    return words && different && (second.isEmpty() || second.stream().anyMatch(CsvFile::isNumber));
  }

  /** Names for a file without names. */
  List<String> placeNames() {
    return IntStream.range(0, width()).mapToObj(i -> "c" + i).toList();
  }

  private static boolean isNumber(String text) {
    try {
      Double.parseDouble(text);
      return Arrays.asList("NaN", "Infinity").indexOf(text) < 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
