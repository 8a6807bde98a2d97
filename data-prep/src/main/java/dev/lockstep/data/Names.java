package dev.lockstep.data;

import java.util.Collection;
import java.util.Comparator;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** What a person may have meant. */
public final class Names {
  private Names() {}

  /** The name that is spelt most like the given one. */
  public static String nearest(String name, Collection<String> known) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    return known.stream().min(Comparator.comparing(k -> distance.apply(k, name))).orElse("");
  }
}
