package dev.lockstep.models;

import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Implementations of an interface that {@link ServiceLoader} finds, by name. */
public final class Catalogue {
  private Catalogue() {}

  /**
   * All that can be found: those of the interface's own class loader, and those of the thread's,
   * which knows a user's jars.
   */
  public static <F> SortedMap<String, F> of(Class<F> type, Function<F, String> name) {
    SortedMap<String, F> known = new TreeMap<>();
    ServiceLoader.load(type, type.getClassLoader()).forEach(f -> known.put(name.apply(f), f));
    ServiceLoader.load(type).forEach(f -> known.putIfAbsent(name.apply(f), f));
    return known;
  }

  /**
   * The one of a name.
   *
   * @param what what errors call it, such as {@code model}
   * @throws UnknownNameException if there is none; the message names the known ones
   */
  public static <F> F named(Class<F> type, Function<F, String> by, String what, String name) {
    SortedMap<String, F> known = of(type, by);
    F found = known.get(name);
    if (found == null) {
      throw new UnknownNameException("unknown %s '%s'".formatted(what, name), name, known.keySet());
    }
    return found;
  }
}
