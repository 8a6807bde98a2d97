package dev.lockstep.evaluation.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.internal.spark.ui.LoopbackFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.spark.SparkConf;
import org.apache.spark.util.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;

/** What a Spark session is made of. */
class CommonOptionsTest {
  @TempDir Path directory;

  @CommandLine.Command(name = "test")
  private static final class Any {
    @CommandLine.Mixin private CommonOptions options;
  }

  private static SparkConf conf(String... arguments) {
    return CommandSession.configuration(options(arguments));
  }

  private static CommonOptions options(String... arguments) {
    Any command = new Any();
    new CommandLine(command).parseArgs(arguments);
    return command.options;
  }

  @Test
  void a_spark_that_lockstep_starts_authenticates_and_does_not_encrypt() {
    SparkConf conf = conf();
    assertThat(conf.get("spark.authenticate")).isEqualTo("true");
    assertThat(conf.getBoolean("spark.network.crypto.enabled", false)).isFalse();
    assertThat(conf.contains("spark.authenticate.secret")).isFalse(); // Spark makes it.
    SparkConf processes = conf("--conf", "spark.master=local-cluster[2,1,1024]");
    assertThat(processes.get("spark.authenticate.secret")).hasSize(64);
    assertThat(
            conf("--conf", "spark.master=local-cluster[2,1,1024]").get("spark.authenticate.secret"))
        .isNotEqualTo(processes.get("spark.authenticate.secret"));
  }

  @Test
  void what_a_person_says_of_authentication_holds_and_so_does_a_clusters_own_setting() {
    assertThat(conf("--conf", "spark.authenticate=false").get("spark.authenticate"))
        .isEqualTo("false");
    assertThat(conf("--conf", "spark.master=yarn").contains("spark.authenticate")).isFalse();
  }

  @Test
  void sparks_pages_are_off_in_one_jvm_unless_asked_for_and_then_for_this_machine_alone() {
    assertThat(conf().get("spark.ui.enabled")).isEqualTo("false");
    SparkConf conf = conf("--ui");
    assertThat(conf.get("spark.ui.enabled")).isEqualTo("true");
    assertThat(conf.get("spark.ui.filters")).isEqualTo(LoopbackFilter.class.getName());
    assertThat(conf("--conf", "spark.master=yarn").contains("spark.ui.filters")).isFalse();
  }

  @Test
  void properties_come_from_a_file_too_and_those_of_the_command_win() throws IOException {
    Path file = directory.resolve("spark.conf");
    Files.writeString(
        file,
        """
        # keys
        spark.hadoop.fs.s3a.secret.key   0123456789
        spark.sql.shuffle.partitions=7
        spark.app.name: of the file
        """);
    SparkConf conf =
        conf("--properties-file", file.toString(), "--conf", "spark.app.name=of the command");
    assertThat(conf.get("spark.hadoop.fs.s3a.secret.key")).isEqualTo("0123456789");
    assertThat(conf.get("spark.sql.shuffle.partitions")).isEqualTo("7");
    assertThat(conf.get("spark.app.name")).isEqualTo("of the command");
  }

  @Test
  void values_of_a_file_are_those_that_spark_reads_of_it() throws IOException {
    Path file = directory.resolve("odd.conf");
    Files.writeString(
        file, "spark.a = \\u0001x\\n \\t\nspark.b\nspark.c : naïve  \nspark.d = \\ \\r\\ \\ \n");
    assertThat(options("--properties-file", file.toString()).properties())
        .isEqualTo(CollectionConverters.asJava(Utils.getPropertiesFromFile(file.toString())));
  }

  @Test
  void hadoops_properties_alone_need_no_spark_and_any_other_does() throws IOException {
    Path file = directory.resolve("hadoop.conf");
    Files.writeString(file, "spark.hadoop.fs.defaultFS hdfs://node:8020\n");
    String[] arguments = {
      "--properties-file", file.toString(), "--conf", "spark.hadoop.dfs.replication=1"
    };
    Properties former = (Properties) System.getProperties().clone();
    former.stringPropertyNames().stream() // Of the build.
        .filter(name -> name.startsWith("spark."))
        .forEach(System::clearProperty);
    try {
      assertThat(options().hadoopAlone()).contains(Map.of());
      assertThat(options(arguments).hadoopAlone())
          .contains(Map.of("fs.defaultFS", "hdfs://node:8020", "dfs.replication", "1"));
      assertThat(options("--conf", "spark.master=yarn").hadoopAlone()).isEmpty();
      System.setProperty("spark.app.name", "of spark-submit");
      assertThat(options(arguments).hadoopAlone()).isEmpty();
    } finally {
      System.setProperties(former);
    }
  }

  @Test
  void a_file_that_is_not_there_or_has_something_else_is_named() throws IOException {
    assertThatThrownBy(() -> conf("--properties-file", directory + "/none.conf"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("none.conf");
    Path file = Files.writeString(directory.resolve("other.conf"), "fs.s3a.secret.key 0123\n");
    assertThatThrownBy(() -> conf("--properties-file", file.toString()))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("other.conf")
        .hasMessageContaining("'fs.s3a.secret.key'")
        .hasMessageNotContaining("0123");
  }

  @Test
  void spark_blacks_out_passwords_in_addresses_and_its_own_kinds_of_secret() {
    SparkConf conf = conf("--conf", "spark.redaction.regex=(?i)mine");
    assertThat(redacted(conf, "spark.lockstep.mlflow.trackingUri", "https://token@host"))
        .doesNotContain("token");
    assertThat(redacted(conf, "sun.java.command", "x --conf a=http://ann:pa55@host:5000/x"))
        .doesNotContain("pa55");
    assertThat(redacted(conf, "spark.is.mine", "pa55")).doesNotContain("pa55");
    assertThat(redacted(conf, "spark.warehouse", "abfss://box@account.net/a:b"))
        .contains("abfss://box@account.net/a:b");
    assertThat(redacted(conf(), "spark.hadoop.fs.s3a.secret.key", "pa55")).doesNotContain("pa55");
  }

  private static String redacted(SparkConf conf, String key, String value) {
    return Utils.redact(
            conf, CollectionConverters.asScala(List.of(new Tuple2<>(key, value))).toSeq())
        .mkString();
  }
}
