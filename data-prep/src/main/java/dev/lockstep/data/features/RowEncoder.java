package dev.lockstep.data.features;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Encodes single rows with the bits of a {@link FeatureModel}, without Spark: for a service that
 * predicts. Several threads may encode at once.
 */
public final class RowEncoder {
  /** Name of the file beside a saved model that {@link #open} reads. */
  public static final String FILE = "encoder.json";

  private static final long MICROS = 1_000_000;
  private static final int NANOS_PER_MICRO = 1000;

  private final List<NumericFeature> numeric;
  private final List<NumericFeature.Transform> transforms;
  private final List<CategoricalFeature> categorical;
  private final List<Map<String, Integer>> indices = new ArrayList<>();

  /** The part of a feature model that encodes; the rest needs classes of Spark. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Columns(List<NumericFeature> numeric, List<CategoricalFeature> categorical) {}

  private RowEncoder(Columns columns) {
    numeric = List.copyOf(columns.numeric());
    transforms = numeric.stream().map(NumericFeature::transform).toList();
    categorical = List.copyOf(columns.categorical());
    for (CategoricalFeature feature : categorical) {
      if (feature.buckets() > 0) {
        throw new LockstepException(
            "feature '%s' has indices by hash, which are computed by Spark"
                .formatted(feature.name()),
            "Score with the model's transform, or train without features.hashed");
      }
      indices.add(feature.known(value -> value));
    }
  }

  /** What {@link #open} reads, for a model that is being saved. */
  public static String json(FeatureModel model) {
    return Json.line(new Columns(model.numeric(), model.categorical()));
  }

  /**
   * Opens the encoder of a saved model.
   *
   * @param model the folder that a model's {@code save} wrote
   * @throws IOException if it has no encoder, or it cannot be read
   */
  public static RowEncoder open(Path model) throws IOException {
    try {
      return new RowEncoder(Json.read(Files.readString(model.resolve(FILE)), Columns.class));
    } catch (IllegalArgumentException e) {
      throw new IOException(model.resolve(FILE) + " is damaged: " + e.getMessage(), e);
    }
  }

  /** The columns that a row must have, numbers first. */
  public List<String> columns() {
    List<String> names = new ArrayList<>(numeric.stream().map(NumericFeature::name).toList());
    categorical.forEach(feature -> names.add(feature.name()));
    return names;
  }

  /**
   * The numbers of a row, as {@code SavedNetwork.predict} takes them.
   *
   * @param row values by column: numbers, {@code LocalDate} for dates, {@code Instant} for
   *     timestamps; null, or NaN among numbers, where one is missing
   * @throws LockstepException if a column is not there, has a value of another kind, or a moment
   *     whose microseconds since 1970 are no {@code long}
   */
  public float[] numbers(Map<String, ?> row) {
    return NumericFeature.encoded(
        numeric,
        transforms,
        i -> {
          NumericFeature feature = numeric.get(i);
          Object value = value(row, feature.name());
          return feature.date() == null
              ? number(feature.name(), value)
              : time(feature.name(), feature.date().perDay(), value);
        });
  }

  /**
   * The indices of a row's categories, as {@code SavedNetwork.predict} takes them.
   *
   * @param row values by column: texts, booleans, whole numbers; null where one is missing
   * @throws LockstepException if a column is not there or has a value of another kind
   */
  public int[] indices(Map<String, ?> row) {
    int[] encoded = new int[categorical.size()];
    for (int i = 0; i < encoded.length; i++) {
      String name = categorical.get(i).name();
      Object value = value(row, name);
      encoded[i] =
          value == null
              ? CategoricalFeature.MISSING
              : indices.get(i).getOrDefault(text(name, value), CategoricalFeature.UNSEEN);
    }
    return encoded;
  }

  private Object value(Map<String, ?> row, String name) {
    if (!row.containsKey(name)) {
      throw new LockstepException(
          "the row has no column '%s', a feature of the model".formatted(name),
          "It needs " + String.join(", ", columns()));
    }
    return row.get(name);
  }

  private static double number(String name, Object value) {
    if (value == null) {
      return Double.NaN;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if (value instanceof LocalDate date) {
      return date.toEpochDay();
    }
    if (value instanceof Instant moment) {
      return seconds(name, moment);
    }
    throw wrong(name, value, "a number, a LocalDate or an Instant");
  }

  private static double time(String name, int perDay, Object value) {
    if (value == null) {
      return Double.NaN;
    }
    if (perDay == 1 && value instanceof LocalDate date) {
      return date.toEpochDay();
    }
    if (perDay > 1 && value instanceof Instant moment) {
      return seconds(name, moment);
    }
    throw wrong(name, value, perDay == 1 ? "a LocalDate" : "an Instant");
  }

  /** From whole microseconds, as Spark casts a timestamp to a double: with the same bits. */
  private static double seconds(String name, Instant moment) {
    try {
      long micros =
          Math.addExact(
              Math.multiplyExact(moment.getEpochSecond(), MICROS),
              moment.getNano() / NANOS_PER_MICRO);
      return micros / (double) MICROS;
    } catch (ArithmeticException e) {
      throw new LockstepException(
          "'%s' is %s, which no timestamp of a table can be".formatted(name, moment),
          "Give a moment within 290,000 years of 1970, or null where it is missing",
          e);
    }
  }

  private static String text(String name, Object value) {
    if (value instanceof String
        || value instanceof Boolean
        || value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte) {
      return value.toString();
    }
    throw wrong(name, value, "a text, a boolean or a whole number");
  }

  private static LockstepException wrong(String name, Object value, String expected) {
    return new LockstepException(
        "'%s' is %s, of type %s".formatted(name, value, value.getClass().getSimpleName()),
        "Give " + expected);
  }
}
