package dev.lockstep.data;

import java.util.Collection;
import java.util.Comparator;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;

/** What a person may have meant. */
public final class Names {
  private Names() {}

  /** The name that is spelt most like the given one. */
  public static String nearest(String name, Collection<String> known) {
    JaroWinklerSimilarity similarity = new JaroWinklerSimilarity();
    return known.stream().max(Comparator.comparing(k -> similarity.apply(k, name))).orElse("");
  }

  /**
   * Refuses a name that is none of a table's columns.
   *
   * @param option the option or key by which it was given
   * @param known the columns of the table
   * @throws LockstepException naming the option, and the column that may have been meant
   */
  public static void checkColumn(
      String option, String name, String table, Collection<String> known) {
    if (!known.contains(name)) {
      throw new LockstepException(
          "%s '%s' is not a column of %s".formatted(option, name, table),
          "Did you mean '%s'? Its columns are %s"
              .formatted(nearest(name, known), String.join(", ", known)));
    }
  }
}
