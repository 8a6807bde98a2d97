package dev.lockstep.evaluation.provenance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Something that is not what it was.
 *
 * @param what its name
 * @param was what it was; {@code none} where it was not
 * @param is what it is
 */
public record Change(String what, String was, String is) {
  private static final String NONE = "none";

  /** The changes from one value to another: one or none. */
  public static List<Change> of(String what, Object was, Object is) {
    return Objects.equals(was, is) ? List.of() : List.of(new Change(what, text(was), text(is)));
  }

  /** The changes from some named values to others. */
  public static List<Change> of(String prefix, Map<String, ?> was, Map<String, ?> is) {
    Set<String> names = new TreeSet<>(was.keySet());
    names.addAll(is.keySet());
    List<Change> changes = new ArrayList<>();
    names.forEach(name -> changes.addAll(of(prefix + name, was.get(name), is.get(name))));
    return changes;
  }

  private static String text(Object value) {
    return value == null || value.toString().isEmpty() ? NONE : value.toString();
  }

  @Override
  public String toString() {
    return "%s was %s and is %s".formatted(what, was, is);
  }
}
