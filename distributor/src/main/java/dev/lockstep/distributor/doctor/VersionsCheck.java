package dev.lockstep.distributor.doctor;

import java.util.List;

/** Whether Spark and Delta are those that Lockstep was built and tested with. */
record VersionsCheck(String spark) implements Check {
  private static final String NAME = "versions";
  private static final String SPARK = "4.1.";
  private static final String DELTA = "4.3.";

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
              "Give the driver delta-spark and delta-storage %sx, by --jars or in Spark's own folder"
                  .formatted(DELTA)));
    }
    String found = "Spark %s, Delta %s".formatted(spark, delta);
    return List.of(
        spark.startsWith(SPARK) && delta.startsWith(DELTA)
            ? Finding.ok(NAME, found)
            : Finding.warning(
                NAME,
                found + " have not been tried",
                "Use Spark %sx with Delta %sx".formatted(SPARK, DELTA)));
  }
}
