package dev.lockstep.models;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** Typed access to an estimator's options; an unknown one is an error that names the known ones. */
public final class Options {
  private final String owner;
  private final Map<String, Object> values;
  private final Map<String, Object> taken = new LinkedHashMap<>();

  /** The options of the estimator of that name. */
  public Options(String owner, Map<String, Object> values) {
    this.owner = owner;
    this.values = values;
  }

  /** A number in a range, or what stands for it where none is given. */
  public double number(String name, double otherwise, double least, double most) {
    Object value = value(name, otherwise);
    if (!(value instanceof Number number)
        || !(number.doubleValue() >= least && number.doubleValue() <= most)) {
      throw wrong(name, "a number from " + least + " to " + most, value);
    }
    taken.put(name, number.doubleValue());
    return number.doubleValue();
  }

  /** A whole number in a range, or what stands for it where none is given. */
  public int whole(String name, int otherwise, int least, int most) {
    double value = number(name, otherwise, least, most);
    if (value != Math.rint(value)) {
      throw wrong(name, "a whole number", value);
    }
    taken.put(name, (int) value);
    return (int) value;
  }

  /** A list of positive whole numbers, or what stands for it where none is given. */
  public List<Integer> sizes(String name, List<Integer> otherwise) {
    Object value = value(name, otherwise);
    if (!(value instanceof List<?> list)
        || !list.stream().allMatch(v -> v instanceof Integer i && i > 0)) {
      throw wrong(name, "a list of positive whole numbers such as [256, 256]", value);
    }
    return list.stream().map(v -> (Integer) v).toList();
  }

  /** A list of numbers in a range, or what stands for it where none is given. */
  public List<Double> numbers(String name, List<Double> otherwise, double least, double most) {
    Object value = value(name, otherwise);
    if (!(value instanceof List<?> list)
        || !list.stream()
            .allMatch(
                v ->
                    v instanceof Number n && n.doubleValue() >= least && n.doubleValue() <= most)) {
      throw wrong(name, "a list of numbers from " + least + " to " + most, value);
    }
    return list.stream().map(v -> ((Number) v).doubleValue()).toList();
  }

  /** One of several words, or what stands for it where none is given. */
  public String word(String name, String otherwise, List<String> words) {
    Object value = value(name, otherwise);
    if (!(value instanceof String word) || !words.contains(word)) {
      throw wrong(name, "one of " + String.join(", ", words), value);
    }
    return word;
  }

  /** A text that must be given. */
  public String text(String name) {
    taken.put(name, values.get(name));
    if (!(values.get(name) instanceof String text) || text.isBlank()) {
      throw wrong(name, "a text, in quotes where it looks like a number", values.get(name));
    }
    return text;
  }

  /** A text, or what stands for it where none is given. */
  public String text(String name, String otherwise) {
    taken.put(name, otherwise);
    return values.containsKey(name) ? text(name) : otherwise;
  }

  /** True or false, or what stands for it where none is given. */
  public boolean flag(String name, boolean otherwise) {
    Object value = value(name, otherwise);
    return switch (String.valueOf(value).toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default -> throw wrong(name, "true or false", value);
    };
  }

  /** The options that were asked for, with the values that were given or stand for them. */
  public Map<String, Object> taken() {
    return Collections.unmodifiableMap(taken);
  }

  private Object value(String name, Object otherwise) {
    Object value = values.getOrDefault(name, otherwise);
    taken.put(name, value);
    return value;
  }

  /** Refuses options that nobody has asked for; to be called after all others. */
  public void refuseOthers() {
    for (String name : values.keySet()) {
      if (!taken.containsKey(name)) {
        throw new UnknownNameException(
            "%s has no option '%s'".formatted(owner, name), name, new TreeSet<>(taken.keySet()));
      }
    }
  }

  private IllegalArgumentException wrong(String name, String expected, Object value) {
    return new IllegalArgumentException(
        "%s.%s must be %s, but is %s".formatted(owner, name, expected, value));
  }
}
