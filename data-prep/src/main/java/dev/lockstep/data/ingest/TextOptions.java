package dev.lockstep.data.ingest;

import dev.lockstep.data.LockstepException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How a text file is to be read, where the user says so; null for what is to be found out.
 *
 * @param header whether the first line names the columns
 * @param separator what separates fields: a text, or a name such as {@code tab}
 * @param quote what stands around fields; {@code none} for files without quotes
 * @param decimal the decimal mark, a point or a comma
 * @param encoding the name of a character encoding
 * @param dayFirst whether 03/04/2024 is in April
 * @param missing marks of missing values, as {@link Marks} has them
 */
public record TextOptions(
    Boolean header,
    String separator,
    String quote,
    String decimal,
    String encoding,
    Boolean dayFirst,
    List<String> missing) {
  private static final Map<String, String> SEPARATORS =
      Map.of(
          "comma",
          ",",
          "semicolon",
          ";",
          "tab",
          "\t",
          "\\t",
          "\t",
          "pipe",
          "|",
          "^a",
          "\u0001",
          "\\001",
          "\u0001",
          "\\u0001",
          "\u0001",
          "space",
          " ");

  /** Copies the list. */
  public TextOptions {
    missing = missing == null ? List.of() : List.copyOf(missing);
  }

  /** All is to be found out. */
  public static TextOptions none() {
    return new TextOptions(null, null, null, null, null, null, null);
  }

  /** The options that were given, as the command line calls them. */
  List<String> given() {
    List<String> given = new ArrayList<>();
    add(given, "--header", header);
    add(given, "--separator", separator);
    add(given, "--quote", quote);
    add(given, "--decimal", decimal);
    add(given, "--encoding", encoding);
    add(given, "--day-first", dayFirst);
    add(given, "--missing", missing.isEmpty() ? null : missing);
    return given;
  }

  private static void add(List<String> given, String name, Object value) {
    if (value != null) {
      given.add(name);
    }
  }

  /** The separator itself. */
  Optional<String> delimiter() {
    if (separator == null) {
      return Optional.empty();
    }
    String text = SEPARATORS.getOrDefault(separator.toLowerCase(Locale.ROOT), separator);
    if (text.isEmpty() || text.contains("\n") || text.contains("\"")) {
      throw new LockstepException(
          "--separator '%s' cannot separate fields".formatted(Excerpt.of(separator)),
          "Give the character between two fields, or one of comma, semicolon, tab, pipe, space, ^A");
    }
    return Optional.of(text);
  }

  /** The quote; {@code '\0'} where the file has none. */
  char quoteCharacter() {
    if (quote == null) {
      return '"';
    }
    if (quote.equalsIgnoreCase("none") || quote.isEmpty()) {
      return Dialect.NO_QUOTE;
    }
    if (quote.length() != 1) {
      throw new LockstepException(
          "--quote '%s' is not one character".formatted(Excerpt.of(quote)),
          "Give the character around fields, or none");
    }
    return quote.charAt(0);
  }

  /** The decimal mark. */
  Optional<DecimalMark> decimalMark() {
    if (decimal == null) {
      return Optional.empty();
    }
    return Optional.of(
        switch (decimal.toLowerCase(Locale.ROOT)) {
          case ".", "point" -> DecimalMark.POINT;
          case ",", "comma" -> DecimalMark.COMMA;
          default ->
              throw new LockstepException(
                  "--decimal '%s' is not a decimal mark".formatted(Excerpt.of(decimal)),
                  "Give . or ,");
        });
  }

  /** The encoding. */
  Optional<Charset> charset() {
    if (encoding == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Charset.forName(encoding));
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw new LockstepException(
          "--encoding '%s' is not known".formatted(Excerpt.of(encoding)),
          "Give one such as UTF-8, ISO-8859-1, windows-1252, UTF-16LE or Shift_JIS",
          e);
    }
  }
}
