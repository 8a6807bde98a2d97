package dev.lockstep.data.sql;

/** Names of columns in SQL. */
public final class Identifiers {
  private Identifiers() {}

  /** A column's name as Spark's expressions want it, whatever characters it has. */
  public static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
