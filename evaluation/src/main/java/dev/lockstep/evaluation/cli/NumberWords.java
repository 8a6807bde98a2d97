package dev.lockstep.evaluation.cli;

import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Numbers of a command line; what is none is said without the names of Java's types. */
final class NumberWords {
  private NumberWords() {}

  /** Has a program and its commands read numbers so. */
  static void register(CommandLine line) {
    Map<Class<?>, Function<String, ?>> whole =
        Map.of(
            int.class, Integer::valueOf,
            Integer.class, Integer::valueOf,
            long.class, Long::valueOf,
            Long.class, Long::valueOf);
    whole.forEach((type, reader) -> register(line, type, reader, "a whole number"));
    Map<Class<?>, Function<String, ?>> other =
        Map.of(double.class, Double::valueOf, Double.class, Double::valueOf);
    other.forEach((type, reader) -> register(line, type, reader, "a number"));
  }

  @SuppressWarnings("unchecked") // A primitive type and its box have the same values.
  private static void register(
      CommandLine line, Class<?> type, Function<String, ?> reader, String expected) {
    line.registerConverter(
        (Class<Object>) type,
        text -> {
          try {
            return reader.apply(text.strip());
          } catch (NumberFormatException e) {
            throw new TypeConversionException(
                "'%s' is not %s, or too large".formatted(text, expected));
          }
        });
  }
}
