package dev.lockstep.data;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The name that a misspelt word stands for. */
public final class NearestName {
  private static final int LETTERS_AN_ERROR = 3;

  private NearestName() {}

  /**
   * The name with the fewest letters to change, upper and lower case being the same; empty if even
   * that one differs in more than one letter in three.
   */
  public static Optional<String> of(String word, Collection<String> names) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    String lower = word.toLowerCase(Locale.ROOT);
    return names.stream()
        .min(Comparator.comparing(name -> distance.apply(lower, name.toLowerCase(Locale.ROOT))))
        .filter(
            name ->
                distance.apply(lower, name.toLowerCase(Locale.ROOT))
                    <= Math.max(1, Math.max(word.length(), name.length()) / LETTERS_AN_ERROR));
  }
}
