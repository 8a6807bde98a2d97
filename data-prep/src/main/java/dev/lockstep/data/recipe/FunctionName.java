package dev.lockstep.data.recipe;

import dev.lockstep.data.Names;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A function of an enumeration, as recipes write it: in small letters. */
final class FunctionName {
  private FunctionName() {}

  static String of(Enum<?> function) {
    return function.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads a function's name.
   *
   * @throws IllegalArgumentException naming the nearest, if there is none such
   */
  static <F extends Enum<F>> F parse(Class<F> functions, String name) {
    F[] all = functions.getEnumConstants();
    List<String> known = Arrays.stream(all).map(FunctionName::of).toList();
    int at = known.indexOf(name.toLowerCase(Locale.ROOT));
    if (at < 0) {
      throw new IllegalArgumentException(
          "unknown function '%s'; did you mean '%s'? There are %s"
              .formatted(name, Names.nearest(name, known), String.join(", ", known)));
    }
    return all[at];
  }
}
