package dev.lockstep.data.yaml;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.internal.spark.SparkSettings;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;

/** Reads YAML into records; whatever is wrong is said with its place and the way out. */
public final class YamlFile {
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/");

  private YamlFile() {}

  /**
   * The text of a file.
   *
   * @param file its path on this machine, or a URI such as {@code hdfs://host/path}: a driver on a
   *     cluster's worker does not have the files of the machine that it was submitted from
   * @param kind what errors call it, such as {@code experiment file}
   * @throws LockstepException if it cannot be read
   */
  public static String text(String file, String kind) {
    try {
      return SCHEME.matcher(file).lookingAt()
          ? remote(new Path(file))
          : Files.readString(java.nio.file.Path.of(file), StandardCharsets.UTF_8);
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw new LockstepException("no " + kind + " " + file, "Check the path", e);
    } catch (IOException e) {
      throw new LockstepException(
          "cannot read " + file + ": " + e.getMessage(), "It must be a YAML file in UTF-8", e);
    }
  }

  private static String remote(Path file) throws IOException {
    Configuration hadoop = SparkSettings.hadoop(new SparkConf());
    try (FSDataInputStream in = file.getFileSystem(hadoop).open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A text as a file says it: a plain word as it is, anything else in quotes. */
  public static String scalar(String text) {
    return YamlText.quoted(text);
  }

  /**
   * Makes a value of a text.
   *
   * @param name what errors call the text
   * @param begin what such a file begins with, as an example
   * @param binder makes the value; says what is wrong with it by any {@link
   *     IllegalArgumentException}
   * @throws LockstepException if it is not YAML, or says something that is not known
   */
  public static <T> T parse(String text, String name, String begin, Function<YamlValue, T> binder) {
    return parse(text, name, begin, root -> root, binder);
  }

  /** As {@link #parse}, of a text that no person has written: errors do not speak of its lines. */
  public static <T> T parseMade(
      String text, String name, String begin, Function<YamlValue, T> binder) {
    return parse(text, name, begin, YamlValue::withoutLines, binder);
  }

  private static <T> T parse(
      String text,
      String name,
      String begin,
      UnaryOperator<YamlValue> placed,
      Function<YamlValue, T> binder) {
    try {
      YamlValue root = placed.apply(YamlTree.read(text, name));
      if (!root.node().isObject()) {
        throw new LockstepException(
            name + " is not a mapping of keys to values", "Begin with '" + begin + "'");
      }
      return binder.apply(root);
    } catch (JsonProcessingException e) {
      String at = e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
      throw new LockstepException(
          "%s%s is not valid YAML: %s".formatted(name, at, problem(e)),
          "Mind indentation, and a blank after each colon",
          e);
    } catch (IllegalArgumentException e) {
      throw new LockstepException(name + ": " + e.getMessage(), YamlValue.REMEDY, e);
    }
  }

  /** What is wrong, without the lines that say where the parser was. */
  private static String problem(JsonProcessingException e) {
    return e.getOriginalMessage()
        .lines()
        .filter(line -> !line.startsWith(" ") && !line.startsWith("while "))
        .findFirst()
        .orElse("it cannot be read");
  }
}
