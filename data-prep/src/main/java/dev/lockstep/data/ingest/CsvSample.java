package dev.lockstep.data.ingest;

import dev.lockstep.data.LockstepException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * The beginning of the first file, which tells how it is written.
 *
 * @param file where it is from
 * @param dialect how it is written
 * @param rows the fields of its first rows, at least one
 */
record CsvSample(String file, Dialect dialect, List<List<String>> rows) {
  private static final int CHARACTERS = 1 << 18;
  private static final int ROWS = 1000;
  private static final List<String> SEPARATORS = List.of(",", ";", "\t", "|", "\u0001");

  /**
   * Reads the beginning of the first file that has a row.
   *
   * @throws LockstepException if there is none, or it cannot be read
   */
  static CsvSample of(SourceFiles files, ImportSpec spec, Configuration hadoop) {
    for (String file : files.files()) {
      try (DecodedText text = TextFile.open(file, hadoop, spec.text().charset())) {
        char[] beginning = new char[CHARACTERS];
        int length = 0;
        int count = 0;
        while (count >= 0 && length < CHARACTERS) {
          count = text.read(beginning, length, CHARACTERS - length);
          length += Math.max(count, 0);
        }
        String sample = new String(beginning, 0, length);
        if (!sample.isBlank()) {
          return of(file, sample, length == CHARACTERS, spec);
        }
      } catch (IOException e) {
        throw CsvFiles.unreadable(file, e);
      }
    }
    throw new LockstepException(spec.file() + " has no rows", "Give a file with data");
  }

  private static CsvSample of(String file, String text, boolean cut, ImportSpec spec) {
    char lineBreak = text.indexOf('\n') < 0 && text.indexOf('\r') >= 0 ? '\r' : '\n';
    char quote = spec.text().quoteCharacter();
    List<String> separators = spec.text().delimiter().map(List::of).orElse(SEPARATORS);
    List<Trial> trials = new ArrayList<>();
    for (String separator : separators) {
      Dialect doubled = new Dialect(separator, quote, quote, lineBreak);
      trials.add(Trial.of(doubled, text, cut, spec));
      if (quote != Dialect.NO_QUOTE && text.indexOf("\\" + quote) >= 0) {
        trials.add(Trial.of(doubled.withBackslash(), text, cut, spec));
      }
    }
    // Of trials that are alike the first is taken.
    Trial best =
        trials.stream().reduce((a, b) -> Trial.BY_FIT.compare(b, a) > 0 ? b : a).orElseThrow();
    if (best.rows().isEmpty()) {
      throw CsvFiles.unreadable(file, best.failure());
    }
    return new CsvSample(file, best.dialect(), best.rows());
  }

  /**
   * The sample, read in one of the ways that it may be written in.
   *
   * @param labelled whether the first row has the label, or as many fields as names were given
   * @param regular whether the first row has as many fields as most, and more than one
   * @param share the share of rows with as many fields as most
   * @param numbers the share of fields that are numbers or dates
   * @param failure why it could not be read to its end; null if it could
   */
  private record Trial(
      Dialect dialect,
      List<List<String>> rows,
      boolean labelled,
      boolean regular,
      double share,
      double numbers,
      IOException failure) {
    static final Comparator<Trial> BY_FIT =
        Comparator.comparing(Trial::labelled)
            .thenComparing(Trial::regular)
            .thenComparing(t -> t.failure() == null)
            .thenComparing(Trial::share)
            .thenComparing(Trial::numbers)
            .thenComparing(t -> t.rows().isEmpty() ? 0 : t.rows().get(0).size());

    static Trial of(Dialect dialect, String text, boolean cut, ImportSpec spec) {
      List<List<String>> rows = new ArrayList<>();
      IOException failure = null;
      boolean ended = false;
      try (CsvRecords records = new CsvRecords(new StringReader(text), dialect)) {
        while (records.hasNext() && rows.size() < ROWS) {
          rows.add(records.next().fields());
        }
        ended = !records.hasNext();
      } catch (IOException e) {
        failure = e;
      } catch (UncheckedIOException e) {
        failure = e.getCause();
      }
      if (cut && ended && rows.size() > 1) {
        rows.remove(rows.size() - 1);
      }
      if (rows.isEmpty()) {
        return new Trial(dialect, rows, false, false, 0, 0, failure);
      }
      Map<Integer, Integer> widths = new HashMap<>();
      rows.forEach(row -> widths.merge(row.size(), 1, Integer::sum));
      int most = Collections.max(widths.entrySet(), Map.Entry.comparingByValue()).getKey();
      List<String> first = rows.get(0);
      boolean labelled =
          first.size() > 1 && first.contains(spec.label().strip())
              || spec.columns().size() > 1 && spec.columns().size() == most;
      boolean regular = most > 1 && first.size() == most;
      double share = (double) widths.get(most) / rows.size();
      return new Trial(dialect, rows, labelled, regular, share, numbers(rows), failure);
    }

    private static double numbers(List<List<String>> rows) {
      List<String> fields =
          rows.stream().flatMap(List::stream).filter(field -> !field.isEmpty()).toList();
      long numbers = fields.stream().filter(CsvSample::isNumberOrDate).count();
      return (double) numbers / Math.max(1, fields.size());
    }
  }

  /** Whether a text is a number or a date, however it is written. */
  static boolean isNumberOrDate(String text) {
    return Stream.of(DecimalMark.values()).anyMatch(d -> NumberText.read(text, d).isPresent())
        || Stream.of(DateOrder.values()).anyMatch(o -> DateText.read(text, o).isPresent());
  }
}
