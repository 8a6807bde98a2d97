package dev.lockstep.data.ingest;

import com.univocity.parsers.csv.CsvFormat;
import com.univocity.parsers.csv.CsvParserSettings;
import com.univocity.parsers.csv.UnescapedQuoteHandling;
import java.io.Serializable;

/**
 * How a CSV file marks fields and rows.
 *
 * @param separator stands between fields
 * @param quote stands around fields that may hold a separator, a quote or a line break
 * @param escape stands before a quote within quotes: the quote itself, or a backslash
 * @param lineBreak ends a row; a carriage return before a line feed counts as blank
 */
record Dialect(String separator, char quote, char escape, char lineBreak) implements Serializable {
  /** No field is quoted. */
  static final char NO_QUOTE = '\0';

  static final char BACKSLASH = '\\';
  private static final int MOST_COLUMNS = 20_480; // As Spark has it.

  /** The same, with a backslash before quotes. */
  Dialect withBackslash() {
    return new Dialect(separator, quote, BACKSLASH, lineBreak);
  }

  /** Whether quotes within quotes are doubled. */
  boolean doublesQuotes() {
    return quote != NO_QUOTE && quote == escape;
  }

  /**
   * For the parser that Spark uses. Quotes that are out of place are errors: a parser that guesses
   * on takes the rows up to the next quote for one field.
   */
  CsvParserSettings settings() {
    CsvParserSettings settings = new CsvParserSettings();
    CsvFormat format = settings.getFormat();
    format.setDelimiter(separator);
    format.setQuote(quote);
    format.setQuoteEscape(escape);
    if (escape == BACKSLASH) {
      format.setCharToEscapeQuoteEscaping(BACKSLASH);
    }
    format.setComment('\0');
    format.setLineSeparator(String.valueOf(lineBreak));
    format.setNormalizedNewline('\n');
    settings.setLineSeparatorDetectionEnabled(false);
    settings.setUnescapedQuoteHandling(UnescapedQuoteHandling.RAISE_ERROR);
    settings.setReadInputOnSeparateThread(false);
    settings.setSkipEmptyLines(false);
    settings.setMaxCharsPerColumn(-1);
    settings.setMaxColumns(MOST_COLUMNS);
    settings.setNullValue(null);
    settings.setEmptyValue("");
    return settings;
  }

  /** The separator in words. */
  String separatorName() {
    return switch (separator) {
      case "," -> "comma";
      case ";" -> "semicolon";
      case "\t" -> "tab";
      case "|" -> "vertical bar";
      case "\u0001" -> "^A";
      case " " -> "blank";
      default -> "'" + separator + "'";
    };
  }
}
