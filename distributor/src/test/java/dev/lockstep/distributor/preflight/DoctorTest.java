package dev.lockstep.distributor.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.preflight.Finding.Level;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.Sharding;
import dev.lockstep.distributor.spec.Training;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.models.EstimatorSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  @TempDir static Path directory;
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("doctor-test")
            .config("spark.ui.enabled", false)
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static Needs needs(int ranks) {
    return needs(ranks, RendezvousOptions.defaults());
  }

  private static Needs needs(int ranks, RendezvousOptions options) {
    return Needs.of(
        List.of(new Training(TrainingOptions.defaults().withRanks(ranks))),
        options,
        directory.resolve("runs").toString());
  }

  private static RendezvousOptions at(String ports, String address) {
    RendezvousOptions usual = RendezvousOptions.defaults();
    return new RendezvousOptions(usual.slots(), usual.silence(), ports, address, usual.attempts());
  }

  private static List<Finding> examine(Needs needs) {
    return new Doctor(spark, needs).examine();
  }

  private static Finding failed(Needs needs) {
    List<Finding> failed = examine(needs).stream().filter(f -> f.level() == Level.FAILED).toList();
    assertThat(failed).hasSize(1);
    assertThat(failed.get(0).remedy()).isNotBlank();
    return failed.get(0);
  }

  @Test
  void a_cluster_that_can_do_it_has_nothing_but_good_findings_and_keeps_no_trace()
      throws IOException {
    List<Finding> findings = examine(needs(2).withLedger(directory + "/ledger").withRows(1000, 10));
    assertThat(findings).allMatch(f -> f.level() == Level.OK);
    assertThat(findings.stream().map(Finding::check))
        .contains(
            "versions",
            "settings",
            "slots",
            "libtorch",
            "disk",
            "memory",
            "shared output",
            "ledger");
    try (Stream<Path> left = Files.walk(directory)) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void a_spark_with_the_delta_of_another_is_warned_of() {
    assertThat(new VersionsCheck("4.2.7").examine())
        .allMatch(finding -> finding.level() == Level.OK);
    for (String other : List.of("4.1.0", "4.20.0", "3.5.1")) {
      assertThat(new VersionsCheck(other).examine())
          .singleElement()
          .returns(Level.WARNING, Finding::level)
          .satisfies(finding -> assertThat(finding.text()).contains("Spark " + other))
          .satisfies(finding -> assertThat(finding.remedy()).contains("Spark 4.2.x with Delta 4."));
    }
  }

  @Test
  void too_few_slots() {
    assertThat(failed(needs(3)).text()).contains("3 ranks need 3 task slots").contains("has 2");
  }

  @Test
  void a_job_with_too_few_slots_is_refused_before_anything_is_done() {
    Doctor doctor = new Doctor(spark, needs(3));
    assertThatThrownBy(() -> doctor.admit(System.err::println))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("local[3]");
  }

  @Test
  void an_output_that_cannot_be_written() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "no folder");
    Needs needs =
        Needs.of(
            List.of(new Training(TrainingOptions.defaults())),
            RendezvousOptions.defaults(),
            file + "/runs");
    assertThat(failed(needs).text()).startsWith("cannot write to " + file);
  }

  @Test
  void checkpoints_in_a_folder_that_is_another_one_on_each_machine() {
    FolderCheck check =
        new FolderCheck(Needs.CHECKPOINTS, "checkpoints", new Configuration(), false);
    assertThat(check.examine()).singleElement().matches(f -> f.level() == Level.FAILED);
  }

  @Test
  void a_ledger_that_is_another_thing() throws IOException {
    Path folder = Files.createDirectories(directory.resolve("documents"));
    Path letter = Files.writeString(folder.resolve("letter"), "Dear Sir");
    Finding finding = failed(needs(2).withLedger(folder.toString()));
    Files.delete(letter);
    assertThat(finding.check()).isEqualTo("ledger");
    assertThat(finding.text()).contains("is no Delta table");
  }

  @Test
  void an_address_that_the_machine_does_not_have() {
    Finding finding = failed(needs(2, at("0", "192.0.2.1")));
    assertThat(finding.check()).isEqualTo("network");
    assertThat(finding.text()).contains("192.0.2.1").contains("cannot listen");
  }

  @Test
  void no_free_port() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      assertThat(failed(needs(2, at(port, "127.0.0.1"))).text()).contains("no free port");
    }
  }

  @Test
  void a_disk_that_is_too_small_and_memory_that_is() {
    List<Finding> findings = examine(needs(2).withRows(1L << 40, 100));
    assertThat(findings)
        .anyMatch(f -> f.check().equals("disk") && f.level() == Level.FAILED)
        .anyMatch(f -> f.check().equals("memory") && f.level() == Level.WARNING);
  }

  @Test
  void settings_that_do_not_go_with_a_barrier_stage() {
    SparkConf conf = new SparkConf(false).set("spark.master", "yarn");
    conf.set("spark.dynamicAllocation.enabled", "true").set("spark.speculation", "true");
    conf.set("spark.excludeOnFailure.enabled", "true");
    List<Finding> findings = new SettingsCheck(conf, false, needs(2)).examine();
    assertThat(findings.get(0).level()).isEqualTo(Level.FAILED);
    assertThat(findings.get(0).text()).contains("spark.dynamicAllocation.enabled");
    assertThat(findings.stream().map(Finding::line))
        .anyMatch(l -> l.contains("spark.speculation"))
        .anyMatch(l -> l.contains("spark.excludeOnFailure"))
        .anyMatch(l -> l.contains("spark.barrier.sync.timeout"))
        .anyMatch(l -> l.contains("384 MiB beside the heap"));
  }

  @Test
  void a_spark_that_lockstep_was_not_built_for() {
    assertThat(new VersionsCheck("3.5.7").examine())
        .singleElement()
        .matches(f -> f.level() == Level.WARNING && f.text().contains("Spark 3.5.7"));
  }

  @Test
  void a_network_that_no_executor_can_hold() {
    EstimatorSpec wide = new EstimatorSpec("mlp", Map.of("hidden", List.of(50_000, 50_000)));
    TrainingOptions options = TrainingOptions.empty().withRanks(2);
    Finding whole = failed(needs(2).withNetworks(List.of(Network.of(wide, options))));
    assertThat(whole.text()).contains("mlp", "2 of its ranks need");
    assertThat(whole.remedy()).contains("sharding: full");
    Network parts = Network.of(wide, options.withSharding(Sharding.FULL));
    assertThat(failed(needs(2).withNetworks(List.of(parts))).remedy()).contains("more ranks");
  }

  @Test
  void more_threads_than_cores() {
    Needs four =
        new Needs(
            2,
            4,
            RendezvousOptions.defaults(),
            needs(2).folders(),
            java.util.OptionalLong.empty(),
            List.of());
    assertThat(new SettingsCheck(cluster(), false, four).examine())
        .singleElement()
        .matches(f -> f.remedy().contains("spark.task.cpus to 4"));
  }

  private static SparkConf cluster() {
    return new SparkConf(false)
        .set("spark.barrier.sync.timeout", "120s")
        .set("spark.authenticate", "true");
  }

  @Test
  void a_cluster_that_anybody_may_join() {
    SparkConf conf = cluster().set("spark.authenticate", "false");
    assertThat(new SettingsCheck(conf, false, needs(2)).examine())
        .singleElement()
        .matches(f -> f.level() == Level.WARNING && f.text().contains("spark.authenticate is off"));
    assertThat(new SettingsCheck(cluster(), false, needs(2)).examine())
        .singleElement()
        .matches(f -> f.level() == Level.OK);
  }

  @Test
  void fewer_ports_than_ranks_and_ports_that_are_none() {
    assertThat(new SettingsCheck(cluster(), false, needs(4, at("20000-20002", ""))).examine())
        .singleElement()
        .matches(f -> f.level() == Level.WARNING && f.text().contains("--rank-ports 20000-20002"));
    for (String ports : List.of("many", "20031-20000", "70000", "0-31", "-1", "20000-")) {
      assertThatThrownBy(() -> at(ports, ""))
          .isInstanceOf(LockstepException.class)
          .hasMessageContaining("--rank-ports is '" + ports + "'");
    }
  }

  @Test
  void what_else_is_looked_at_can_keep_a_job_from_beginning() {
    Check ledger = () -> List.of(Finding.failed("ledger", "it is torn", "Restore it"));
    Doctor doctor = new Doctor(spark, needs(2), List.of(ledger));
    assertThatThrownBy(() -> doctor.admit(System.err::println))
        .isInstanceOf(LockstepException.class)
        .hasMessage("it is torn. Restore it");
  }

  @Test
  void clocks_that_disagree() {
    ProbeReport early = report(0);
    ProbeReport late = report(400_000);
    Finding finding = ExecutorsCheck.clock(List.of(early, late), 100_000, 101_000);
    assertThat(finding.level()).isEqualTo(Level.WARNING);
    assertThat(finding.text()).contains("100 s behind").contains("299 s ahead");
    assertThat(ExecutorsCheck.clock(List.of(report(100_500)), 100_000, 101_000).level())
        .isEqualTo(Level.OK);
  }

  private static ProbeReport report(long clock) {
    return new ProbeReport("executor 1 on a", 1, "2", "", List.of(), 0, "", "", 0, 0, "", clock);
  }
}
