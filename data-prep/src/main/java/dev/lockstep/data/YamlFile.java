package dev.lockstep.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;

/** Reads YAML into records; whatever is wrong is said with its place and the way out. */
public final class YamlFile {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();

  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/");

  private YamlFile() {}

  /**
   * Makes a value of a mapping.
   *
   * @param <T> the value's type
   */
  @FunctionalInterface
  public interface Binder<T> {
    /** The value; what is wrong with it may be said by any of Jackson's exceptions. */
    T bind(ObjectNode root) throws JsonProcessingException;
  }

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
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(new SparkConf());
    try (FSDataInputStream in = file.getFileSystem(hadoop).open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /**
   * Makes a value of a text.
   *
   * @param name what errors call the text
   * @param begin what such a file begins with, as an example
   * @throws LockstepException if it is not YAML, or says something that is not known
   */
  public static <T> T parse(String text, String name, String begin, Binder<T> binder) {
    try {
      JsonNode tree = YAML.readTree(text);
      if (!(tree instanceof ObjectNode root)) {
        throw new LockstepException(
            name + " is not a mapping of keys to values", "Begin with '" + begin + "'");
      }
      return binder.bind(root);
    } catch (UnrecognizedPropertyException e) {
      throw unknown(
          name, place(e), e.getKnownPropertyIds().stream().map(String::valueOf).toList(), e);
    } catch (InvalidTypeIdException e) {
      throw unknown(name, e.getTypeId(), choices(e), e);
    } catch (JsonMappingException e) {
      throw new LockstepException(
          "%s: %s%s".formatted(name, prefix(place(e)), cause(e)), "Mend it in the file", e);
    } catch (JsonProcessingException e) {
      String at = e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
      throw new LockstepException(
          name
              + at
              + " is not valid YAML: "
              + e.getOriginalMessage().lines().findFirst().orElse(""),
          "Mind indentation, and a blank after each colon",
          e);
    } catch (IllegalArgumentException e) {
      throw new LockstepException(name + ": " + e.getMessage(), "Mend it in the file", e);
    }
  }

  /** A part of the tree as a value. */
  public static <T> T value(JsonNode node, Class<T> type) throws JsonProcessingException {
    return YAML.treeToValue(node, type);
  }

  /** An error that names the key which is spelt most like an unknown one. */
  public static LockstepException unknown(
      String name, String key, Collection<String> known, Throwable cause) {
    String last = key.substring(key.lastIndexOf('.') + 1);
    return new LockstepException(
        "%s: unknown key '%s'".formatted(name, key),
        "Did you mean '%s'? Known here are %s"
            .formatted(Names.nearest(last, known), String.join(", ", new TreeSet<>(known))),
        cause);
  }

  private static List<String> choices(InvalidTypeIdException e) {
    var types =
        e.getBaseType()
            .getRawClass()
            .getAnnotation(com.fasterxml.jackson.annotation.JsonSubTypes.class);
    return types == null
        ? List.of()
        : List.of(types.value()).stream()
            .map(com.fasterxml.jackson.annotation.JsonSubTypes.Type::name)
            .toList();
  }

  private static String place(JsonMappingException e) {
    return e.getPath().stream()
        .map(r -> r.getFieldName() == null ? String.valueOf(r.getIndex()) : r.getFieldName())
        .collect(Collectors.joining("."));
  }

  private static String prefix(String place) {
    return place.isEmpty() ? "" : "'" + place + "': ";
  }

  private static String cause(JsonMappingException e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message =
        root instanceof JsonProcessingException json
            ? json.getOriginalMessage()
            : root.getMessage();
    return message == null ? root.toString() : message.lines().findFirst().orElse("");
  }
}
