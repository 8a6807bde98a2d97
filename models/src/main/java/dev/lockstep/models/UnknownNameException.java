package dev.lockstep.models;

import java.util.Collection;
import java.util.List;

/** A name in an experiment file that nothing has: of a network, or of an option. */
public final class UnknownNameException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String name;
  private final List<String> known;

  /**
   * A name that nothing has.
   *
   * @param problem what is wrong, in words
   * @param name the name
   * @param known those that there are
   */
  public UnknownNameException(String problem, String name, Collection<String> known) {
    super(problem + "; known are " + String.join(", ", known));
    this.name = name;
    this.known = List.copyOf(known);
  }

  /** The name. */
  public String name() {
    return name;
  }

  /** The names that there are. */
  public List<String> known() {
    return known;
  }
}
