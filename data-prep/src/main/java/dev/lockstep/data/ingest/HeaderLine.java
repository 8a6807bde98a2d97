package dev.lockstep.data.ingest;

import dev.lockstep.data.NearestName;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a file's first row names its columns.
 *
 * @param named whether it does
 * @param reason how that was found out
 */
record HeaderLine(boolean named, Reason reason) {
  /** How it was found out. */
  enum Reason {
    GIVEN("as you say"),
    LABEL("as the label is among them"),
    NEAR_LABEL("as a name near to the label is among them"),
    NUMBERS("as it has words where the rows below have numbers"),
    REPEATED("as its words do not occur again, while those below them do"),
    NONE("");

    private final String words;

    Reason(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  static HeaderLine of(CsvSample sample, ImportSpec spec, Marks marks) {
    if (spec.text().header() != null) {
      return new HeaderLine(spec.text().header(), Reason.GIVEN);
    }
    List<String> first = sample.rows().get(0);
    if (first.contains(spec.label().strip())) {
      return new HeaderLine(true, Reason.LABEL);
    }
    boolean words =
        first.stream().noneMatch(f -> CsvSample.isNumberOrDate(f) || isMark(f, marks))
            && first.stream().anyMatch(f -> !f.isEmpty());
    List<List<String>> below =
        sample.rows().stream().skip(1).filter(row -> row.size() == first.size()).toList();
    if (words && isAboveNumbers(first, below)) {
      return new HeaderLine(true, Reason.NUMBERS);
    }
    boolean different = new HashSet<>(first).size() == first.size();
    if (words && different && isAboveRepeated(first, below)) {
      return new HeaderLine(true, Reason.REPEATED);
    }
    if (words && below.isEmpty() && different) {
      return new HeaderLine(true, Reason.REPEATED);
    }
    boolean near = spec.columns().isEmpty() && nearest(first, spec.label()).isPresent();
    return new HeaderLine(near, near ? Reason.NEAR_LABEL : Reason.NONE);
  }

  private static boolean isMark(String field, Marks marks) {
    return !field.isEmpty() && marks.contains(field);
  }

  /** Whether some column holds numbers below its first row. */
  private static boolean isAboveNumbers(List<String> first, List<List<String>> below) {
    for (int i = 0; i < first.size(); i++) {
      int column = i;
      List<String> filled =
          below.stream().map(row -> row.get(column)).filter(f -> !f.isEmpty()).toList();
      long numbers = filled.stream().filter(CsvSample::isNumberOrDate).count();
      if (!first.get(i).isEmpty() && numbers > 0 && 2 * numbers >= filled.size()) {
        return true;
      }
    }
    return false;
  }

  /** Whether words come again and again below, but in no column the first one. */
  private static boolean isAboveRepeated(List<String> first, List<List<String>> below) {
    boolean repeated = false;
    for (int i = 0; i < first.size(); i++) {
      int column = i;
      List<String> words = below.stream().map(row -> row.get(column)).toList();
      if (words.contains(first.get(i))) {
        return false;
      }
      Set<String> different = new HashSet<>(words);
      repeated |= words.size() > 2 && 2 * different.size() <= words.size();
    }
    return repeated;
  }

  private static Optional<String> nearest(List<String> first, String label) {
    List<String> words =
        first.stream().filter(f -> !f.isEmpty() && !CsvSample.isNumberOrDate(f)).toList();
    return label.length() > 1 ? NearestName.of(label, words) : Optional.empty();
  }
}
