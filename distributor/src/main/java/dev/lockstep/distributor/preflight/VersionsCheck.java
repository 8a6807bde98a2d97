package dev.lockstep.distributor.preflight;

import java.util.List;
import java.util.stream.Collectors;

/** Whether Lockstep supports this Spark and this Delta together. */
record VersionsCheck(String spark) implements Check {
  private static final String NAME = "versions";

  /** A Spark and the Delta for it, as in {@code docs/versions.md}. */
  private record Pair(String spark, String delta) {
    boolean matches(String ofSpark, String ofDelta) {
      return ofSpark.startsWith(spark + ".") && ofDelta.startsWith(delta + ".");
    }

    @Override
    public String toString() {
      return "Spark %s.x with Delta %s.x".formatted(spark, delta);
    }
  }

  private static final List<Pair> SUPPORTED =
      List.of(new Pair("4.2", "4.4"), new Pair("4.1", "4.3"));

  @Override
  public List<Finding> examine() {
    String delta;
    try {
      delta = io.delta.package$.MODULE$.VERSION();
    } catch (LinkageError e) {
      return List.of(
          Finding.failed(
              NAME,
              "there is no Delta beside this Spark",
              "Give the driver delta-spark and delta-storage, by --jars or in Spark's own folder: "
                  + supported()));
    }
    String found = "Spark %s, Delta %s".formatted(spark, delta);
    return List.of(
        SUPPORTED.stream().anyMatch(pair -> pair.matches(spark, delta))
            ? Finding.ok(NAME, found)
            : Finding.warning(NAME, found + " have not been tried", "Use " + supported()));
  }

  private static String supported() {
    return SUPPORTED.stream().map(Pair::toString).collect(Collectors.joining(" or "));
  }
}
