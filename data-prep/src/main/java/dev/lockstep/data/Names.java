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
}
