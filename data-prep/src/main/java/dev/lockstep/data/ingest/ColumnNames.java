package dev.lockstep.data.ingest;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** The names that columns get. */
final class ColumnNames {
  private ColumnNames() {}

  /** The name in the form that a Delta table can hold: without blanks, commas and brackets. */
  static String held(String name) {
    return name.strip().replaceAll("[ ,;{}()\\n\\t=]+", "_");
  }

  /** Names for a file without names: c0, c1, and so on. */
  static List<String> places(int width) {
    return IntStream.range(0, width).mapToObj(i -> "c" + i).toList();
  }

  /**
   * The names as a Delta table can hold them; a column without a name is called by its place.
   *
   * @param notes gets a line where names were changed
   * @throws LockstepException if two columns have one name, upper and lower case being the same
   */
  static List<String> held(List<String> given, ImportSpec spec, List<String> notes) {
    List<String> names = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < given.size(); i++) {
      String name = given.get(i).isBlank() ? "c" + i : held(given.get(i));
      if (!name.equals(given.get(i))) {
        changed.add("'%s' is %s".formatted(given.get(i), name));
      }
      Integer earlier = places.put(name.toLowerCase(Locale.ROOT), i);
      if (earlier != null) {
        throw new LockstepException(
            "columns %d and %d of %s both have the name '%s' (upper and lower case are the same)"
                .formatted(earlier + 1, i + 1, spec.file(), name),
            "Give every column a name of its own with --columns");
      }
      names.add(name);
    }
    if (!changed.isEmpty()) {
      notes.add("names that a Delta table cannot hold: " + String.join(", ", changed));
    }
    return names;
  }

  /**
   * Checks that the label and all columns with a given type are there.
   *
   * @throws LockstepException naming the one that is not, and the nearest that is
   */
  static void check(List<String> names, ImportSpec spec) {
    if (!names.contains(held(spec.label()))) {
      throw new LockstepException(
          "--label '%s' is not a column of %s".formatted(spec.label(), spec.file()),
          "Did you mean '%s'? Its columns are %s"
              .formatted(Names.nearest(spec.label(), names), Excerpt.list(names)));
    }
    for (String name : spec.types().keySet()) {
      if (!names.contains(held(name))) {
        throw new LockstepException(
            "--types names '%s', which is not a column of %s".formatted(name, spec.file()),
            "Did you mean '%s'?".formatted(Names.nearest(name, names)));
      }
    }
  }
}
