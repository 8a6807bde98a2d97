package dev.lockstep.distributor.preflight;

import dev.lockstep.distributor.collective.PortRange;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;

/** Spark properties that do not go with a barrier stage. */
record SettingsCheck(SparkConf conf, boolean local, Needs needs) implements Check {
  private static final String NAME = "settings";

  /** Half of it is libtorch itself; the rest is for tensors and Netty. */
  private static final long LEAST_OVERHEAD_MIB = 1024;

  @Override
  public List<Finding> examine() {
    List<Finding> findings = new ArrayList<>();
    if (conf.getBoolean("spark.dynamicAllocation.enabled", false)) {
      findings.add(
          Finding.failed(
              NAME,
              "spark.dynamicAllocation.enabled is true, but ranks need all their executors at once",
              "Set it to false, and ask for executors with spark.executor.instances or"
                  + " spark.cores.max"));
    }
    int cores = conf.getInt("spark.task.cpus", 1);
    if (needs.threads() > cores && !local) {
      findings.add(
          Finding.warning(
              NAME,
              "a rank computes with %d threads (training.threads), and Spark gives a task %d cores"
                  .formatted(needs.threads(), cores),
              "Set spark.task.cpus to " + needs.threads()));
    }
    if (conf.getBoolean("spark.speculation", false)) {
      findings.add(
          Finding.warning(
              NAME,
              "spark.speculation is true: second copies of tasks before the ranks begin take slots",
              "Set it to false"));
    }
    if (conf.getBoolean("spark.excludeOnFailure.enabled", false)) {
      findings.add(
          Finding.warning(
              NAME,
              "spark.excludeOnFailure.enabled is true: after a failure there may be too few slots"
                  + " for another attempt",
              "Set it to false"));
    }
    if (!local && !conf.contains("spark.barrier.sync.timeout")) {
      findings.add(
          Finding.warning(
              NAME,
              "spark.barrier.sync.timeout is not set: a rank that never comes is waited for"
                  + " 365 days",
              "Set it to 120s"));
    }
    overhead(findings);
    security(findings);
    ports(findings);
    if (findings.isEmpty()) {
      findings.add(Finding.ok(NAME, "nothing speaks against a barrier stage"));
    }
    return findings;
  }

  /** Within one JVM Spark talks to nobody but itself. */
  private void security(List<Finding> findings) {
    if (!local && !conf.getBoolean("spark.authenticate", false)) {
      findings.add(
          Finding.warning(
              NAME,
              "spark.authenticate is off: whoever reaches the driver's port can read the"
                  + " application's secrets and join it as an executor",
              "Set it to true; a standalone cluster needs spark.authenticate.secret as well, in a"
                  + " file that others cannot read"));
    }
  }

  /** Ranks of one machine share its ports. */
  private void ports(List<Finding> findings) {
    PortRange ports = PortRange.parse(needs.options().ports());
    if (!ports.isAny() && ports.size() < needs.ranks()) {
      findings.add(
          Finding.warning(
              NAME,
              "--rank-ports %s are fewer ports than ranks, which are %d"
                  .formatted(needs.options().ports(), needs.ranks()),
              "Name more ports than ranks: those of one machine need one each"));
    }
  }

  /** Only YARN and Kubernetes end a container that takes more than was asked for. */
  private void overhead(List<Finding> findings) {
    String master = conf.get("spark.master", "");
    if (!master.startsWith("yarn") && !master.startsWith("k8s")) {
      return;
    }
    long heap = conf.getSizeAsMb("spark.executor.memory", "1g");
    double factor = conf.getDouble("spark.executor.memoryOverheadFactor", 0.1);
    long overhead =
        conf.contains("spark.executor.memoryOverhead")
            ? conf.getSizeAsMb("spark.executor.memoryOverhead")
            : Math.max(384, (long) (heap * factor));
    if (overhead < LEAST_OVERHEAD_MIB) {
      findings.add(
          Finding.warning(
              NAME,
              "executors get %d MiB beside the heap, and libtorch lives there".formatted(overhead),
              "Set spark.executor.memoryOverhead to %dm or more".formatted(LEAST_OVERHEAD_MIB)));
    }
  }
}
