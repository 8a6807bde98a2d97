package dev.lockstep.evaluation.provenance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * A machine's processor, as far as it decides which kernels libtorch and MKL choose, and with them
 * the last bits of sums.
 *
 * @param capability the kernels: {@code AVX512}, {@code AVX2} or {@code DEFAULT}
 * @param model the maker's name for it
 */
record Processor(String capability, String model) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final List<String> AVX512 = List.of("avx512vl", "avx512bw", "avx512dq", "fma");
  private static final List<String> AVX2 = List.of("avx2", "fma");

  /** Those of all executors; several kinds are joined by a plus sign. */
  static Processor of(SparkSession spark) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    int slots = context.defaultParallelism();
    List<String[]> found =
        context
            .parallelize(IntStream.range(0, slots).boxed().toList(), slots)
            .map(slot -> here().capability() + "\n" + here().model())
            .distinct()
            .collect()
            .stream()
            .map(both -> both.split("\n", 2))
            .toList();
    return new Processor(joined(found, 0), joined(found, 1));
  }

  private static String joined(List<String[]> found, int part) {
    return found.stream()
        .map(f -> f[part])
        .collect(
            Collectors.collectingAndThen(Collectors.toCollection(TreeSet::new), Processor::sum));
  }

  private static String sum(Set<String> kinds) {
    return String.join(" + ", kinds);
  }

  /** This JVM's. */
  static Processor here() {
    String info = Files.exists(CPU_INFO) ? read() : "";
    return of(
        info,
        System.getProperty("os.arch"),
        System.getenv("ATEN_CPU_CAPABILITY"),
        System.getenv("MKL_CBWR"));
  }

  /**
   * As libtorch decides it (its {@code compute_cpu_capability}): by the variable, else by flags.
   *
   * @param info the text of {@code /proc/cpuinfo}
   * @param forced the variable {@code ATEN_CPU_CAPABILITY}, or null
   * @param reproducible the variable {@code MKL_CBWR}, or null
   */
  static Processor of(String info, String architecture, String forced, String reproducible) {
    Set<String> flags = new HashSet<>(Arrays.asList(value(info, "flags").split(" ")));
    String kernels =
        forced != null
            ? forced.toUpperCase(Locale.ROOT)
            : flags.containsAll(AVX512) ? "AVX512" : flags.containsAll(AVX2) ? "AVX2" : "DEFAULT";
    String capability = reproducible == null ? kernels : kernels + ", MKL_CBWR=" + reproducible;
    String name = value(info, "model name");
    return new Processor(capability, name.isEmpty() ? architecture : name);
  }

  private static String value(String info, String key) {
    return info.lines()
        .filter(line -> line.startsWith(key + "\t") || line.startsWith(key + ":"))
        .flatMap(line -> Stream.of(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElse("");
  }

  private static String read() {
    try {
      return Files.readString(CPU_INFO);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
