package dev.lockstep.distributor.preflight;

import dev.lockstep.data.internal.spark.JavaBytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import scala.reflect.ClassTag$;

/** Sends a {@link Probe} to every executor, and judges the reports. */
record ExecutorsCheck(SparkContext context, Needs needs, Configuration hadoop) implements Check {
  private static final long MIB = 1 << 20;

  /** Below that not even a small table's shuffle fits. */
  private static final long LEAST_DISK = 64 * MIB;

  /** Longer than a probe takes, and shorter than any ticket's or certificate's tolerance. */
  private static final long CLOCK_MILLIS = 30_000;

  @Override
  public List<Finding> examine() {
    long from = System.currentTimeMillis();
    List<ProbeReport> reports;
    try {
      reports = probe();
    } catch (Exception e) { // Scala throws checked exceptions that no signature names.
      return List.of(
          Finding.failed(
              "executors",
              "a first task did not come back: " + FolderCheck.reason(e),
              "Look into the executors' logs; Lockstep's jar must reach them, as the application's"
                  + " jar or by --jars"));
    }
    long until = System.currentTimeMillis();
    List<Finding> findings = new ArrayList<>();
    findings.add(library(reports));
    findings.add(network(reports));
    findings.add(disk(reports));
    findings.add(memory(reports));
    networks(reports).ifPresent(findings::add);
    findings.add(output(reports));
    findings.add(clock(reports, from, until));
    return findings;
  }

  private List<ProbeReport> probe() throws IOException {
    String output = needs.folders().get(Needs.OUTPUT);
    Path folder = new Path(output);
    FileSystem files = folder.getFileSystem(hadoop);
    folder = files.makeQualified(folder);
    files.mkdirs(folder);
    Path witness = new Path(folder, ".lockstep-doctor-" + UUID.randomUUID());
    files.create(witness, false).close();
    try {
      int slots =
          context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile());
      RDD<Object> tasks =
          JavaSparkContext.fromSparkContext(context)
              .parallelize(Collections.<Object>nCopies(slots, 0), slots)
              .rdd();
      Probe probe =
          new Probe(
              needs.options().ports(),
              needs.options().bindAddress(),
              folder.toString(),
              witness.toString());
      Object reports =
          tasks
              .barrier()
              .mapPartitions(probe, false, ClassTag$.MODULE$.apply(Object.class))
              .collect();
      return Arrays.stream((Object[]) reports)
          .map(report -> (ProbeReport) ((JavaBytes<?>) report).get())
          .toList();
    } finally {
      files.delete(witness, false);
    }
  }

  private static Finding library(List<ProbeReport> reports) {
    List<String> broken = named(reports, ProbeReport::libraryError);
    return broken.isEmpty()
        ? Finding.ok("libtorch", "%s on %s".formatted(reports.get(0).library(), executors(reports)))
        : Finding.failed(
            "libtorch",
            "it does not work on " + join(broken),
            "Give pytorch-jni and pytorch-native-cpu of the same version to --jars; their platform"
                + " must be the executors'");
  }

  private static Finding network(List<ProbeReport> reports) {
    List<String> broken =
        reports.stream()
            .filter(r -> !r.unreachable().isEmpty())
            .map(r -> r.executor() + ": " + join(r.unreachable()))
            .toList();
    return broken.isEmpty()
        ? Finding.ok("network", executors(reports) + ", each reaches each")
        : Finding.failed(
            "network",
            join(broken),
            "Open the ports of --rank-ports between executors, or correct --rank-bind-address and the"
                + " executors' host names");
  }

  private Finding disk(List<ProbeReport> reports) {
    List<String> broken = named(reports, ProbeReport::diskError);
    String remedy =
        "Free space in spark.local.dir or SPARK_LOCAL_DIRS there, or name other folders";
    if (!broken.isEmpty()) {
      return Finding.failed("disk", "nothing can be written on " + join(broken), remedy);
    }
    List<String> small = new ArrayList<>();
    for (ProbeReport report : reports) {
      // Rows are on disk thrice: in the shuffle, as they came, and, sorted, in the lanes.
      long needed = Math.max(LEAST_DISK, 3 * share(report));
      if (report.diskFree() < needed) {
        small.add(
            "%s has %,d MiB in %s of %,d that are needed"
                .formatted(
                    report.executor(), report.diskFree() / MIB, report.disk(), needed / MIB));
      }
    }
    long least = reports.stream().mapToLong(ProbeReport::diskFree).min().orElse(0);
    return small.isEmpty()
        ? Finding.ok("disk", "%,d MiB free, or more".formatted(least / MIB))
        : Finding.failed("disk", join(small), remedy);
  }

  private Finding memory(List<ProbeReport> reports) {
    List<String> small = new ArrayList<>();
    for (ProbeReport report : reports) {
      if (report.memoryFree() < share(report)) {
        small.add(
            "%s has %,d MiB free, and its rows are %,d"
                .formatted(report.executor(), report.memoryFree() / MIB, share(report) / MIB));
      }
    }
    long least = reports.stream().mapToLong(ProbeReport::memoryFree).min().orElse(0);
    return small.isEmpty()
        ? Finding.ok("memory", "%,d MiB free, or more".formatted(least / MIB))
        : Finding.warning(
            "memory",
            join(small),
            "More executors, or machines with more memory: rows that do not fit are read from disk"
                + " in every epoch");
  }

  /** The first network that does not fit an executor with its share of the ranks. */
  private Optional<Finding> networks(List<ProbeReport> reports) {
    for (NetworkMemory network : needs.networks()) {
      for (ProbeReport report : reports) {
        int ranks = Math.min(report.tasks(), network.ranks());
        boolean heap = ranks * network.heap() > report.heapFree();
        if (heap || ranks * network.arrays() > report.memoryFree()) {
          return Optional.of(
              Finding.failed(
                  "network memory",
                  "%s has %,d MiB of %s free, and %d of its ranks need %,d or more for %s"
                      .formatted(
                          report.executor(),
                          (heap ? report.heapFree() : report.memoryFree()) / MIB,
                          heap ? "Java's heap" : "memory",
                          ranks,
                          ranks * (heap ? network.heap() : network.arrays()) / MIB,
                          network.network()),
                  network.canShard()
                      ? "Say 'sharding: full' in 'training', with which a rank holds a part of the"
                          + " network, or take executors with more memory"
                      : "Take executors with more memory, or more ranks on more executors with"
                          + " 'sharding: full'"));
        }
      }
    }
    return Optional.empty();
  }

  /** What of all rows is an executor's, if all its slots are ranks'. */
  private long share(ProbeReport report) {
    int ranks = Math.min(report.tasks(), needs.ranks());
    return needs.laneBytes().orElse(0) * ranks / needs.ranks();
  }

  private Finding output(List<ProbeReport> reports) {
    String folder = needs.folders().get(Needs.OUTPUT);
    List<String> broken = named(reports, ProbeReport::outputError);
    return broken.isEmpty()
        ? Finding.ok("shared output", folder + " is seen and written by " + executors(reports))
        : Finding.failed(
            "shared output",
            "%s is not usable on %s".formatted(folder, join(broken)),
            "Name an 'output' that all machines share, such as one on hdfs:// or s3a://");
  }

  /**
   * Between start and end of the probe, on the driver's clock, every executor looked at its own.
   */
  static Finding clock(List<ProbeReport> reports, long from, long until) {
    List<String> wrong = new ArrayList<>();
    for (ProbeReport report : reports) {
      long ahead =
          report.clock() > until ? report.clock() - until : Math.min(0, report.clock() - from);
      if (Math.abs(ahead) > CLOCK_MILLIS) {
        wrong.add(
            "%s is %d s %s the driver"
                .formatted(
                    report.executor(), Math.abs(ahead) / 1000, ahead > 0 ? "ahead of" : "behind"));
      }
    }
    return wrong.isEmpty()
        ? Finding.ok("clock", "executors agree with the driver")
        : Finding.warning(
            "clock",
            join(wrong),
            "Have NTP set the clocks: times in logs and tables cannot be compared");
  }

  private static List<String> named(
      List<ProbeReport> reports, Function<ProbeReport, String> error) {
    return reports.stream()
        .filter(r -> !error.apply(r).isEmpty())
        .map(r -> r.executor() + " (" + error.apply(r) + ")")
        .toList();
  }

  private static String executors(List<ProbeReport> reports) {
    return reports.size() == 1 ? "one executor" : reports.size() + " executors";
  }

  private static String join(List<String> parts) {
    return String.join("; ", parts);
  }
}
