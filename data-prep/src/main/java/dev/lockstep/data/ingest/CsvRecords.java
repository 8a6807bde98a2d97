package dev.lockstep.data.ingest;

import com.univocity.parsers.common.TextParsingException;
import com.univocity.parsers.csv.CsvParser;
import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** The rows of a CSV text, as they come; blank lines are left out. */
final class CsvRecords implements Iterator<CsvRecords.CsvRecord>, Closeable {
  private static final String FITTING_QUOTES =
      "Repair the line: within quotes a quote is doubled, and a quoted text ends with a quote; --quote none reads quotes as any other character";

  private final Dialect dialect;
  private final Reader text;
  private final CsvParser parser;
  private long line;
  private CsvRecord next;
  private IOException failure;

  /**
   * A row.
   *
   * @param line the number of its first line, from 1
   * @param fields its fields, without blanks around them; the empty text for those without any
   */
  record CsvRecord(long line, List<String> fields) {}

  /**
   * Begins to read.
   *
   * @param text is closed with these
   * @throws BadTextException if it is not the text it should be, here and from {@link #next}, as
   *     the cause of an {@code UncheckedIOException}
   */
  CsvRecords(Reader text, Dialect dialect) throws IOException {
    this.text = text;
    this.dialect = dialect;
    this.parser = new CsvParser(dialect.settings());
    try {
      parser.beginParsing(text);
    } catch (RuntimeException e) {
      throw problem(e);
    }
    next = read();
  }

  private CsvRecord read() throws IOException {
    try {
      while (true) {
        String[] fields = parser.parseNext();
        if (fields == null) {
          return null;
        }
        long first = line + 1;
        line = parser.getContext().currentLine();
        boolean blank = fields.length == 1 && fields[0] == null;
        if (!blank) {
          return new CsvRecord(first, stripped(fields));
        }
      }
    } catch (RuntimeException e) {
      throw problem(e);
    }
  }

  private static List<String> stripped(String[] fields) {
    for (int i = 0; i < fields.length; i++) {
      fields[i] = fields[i] == null ? "" : Blanks.strip(fields[i]);
    }
    return Arrays.asList(fields);
  }

  private IOException problem(RuntimeException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException known) {
        return known;
      }
    }
    if (e instanceof TextParsingException) {
      boolean wide = e.getCause() instanceof ArrayIndexOutOfBoundsException;
      return wide
          ? new BadTextException(
              "line %,d has too many fields".formatted(line + 1), "Check the separator")
          : new BadTextException(
              "the row in line %,d has a quote out of place".formatted(line + 1), FITTING_QUOTES);
    }
    throw e;
  }

  /** A quote without an end takes all rows that follow for one field. */
  private void checkEnd(CsvRecord last) {
    String field = last.fields().get(last.fields().size() - 1);
    if (dialect.quote() != Dialect.NO_QUOTE
        && field.indexOf('\n') >= 0
        && text instanceof DecodedText decoded
        && decoded.lastVisible() != dialect.quote()) {
      throw new UncheckedIOException(
          new BadTextException(
              "a quote in line %,d has no end".formatted(last.line()), FITTING_QUOTES));
    }
  }

  @Override
  public boolean hasNext() {
    return next != null || failure != null;
  }

  @Override
  public CsvRecord next() {
    if (failure != null) {
      throw new UncheckedIOException(failure);
    }
    if (next == null) {
      throw new NoSuchElementException("no more rows");
    }
    CsvRecord current = next;
    next = null;
    try {
      next = read();
    } catch (IOException e) { // Not this row's.
      failure = e;
      return current;
    }
    if (next == null) {
      checkEnd(current);
    }
    return current;
  }

  @Override
  public void close() throws IOException {
    parser.stopParsing();
    text.close();
  }
}
