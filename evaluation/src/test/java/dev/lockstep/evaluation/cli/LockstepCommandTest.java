package dev.lockstep.evaluation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands that are used wrongly, and a Java that is no use. */
class LockstepCommandTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "trian e.yaml                      | 'trian'      | 'train'",
        "compar e.yaml                     | 'compar'     | 'compare'",
        "bench alreduce                    | 'alreduce'   | 'allreduce'",
        "import p.csv --table t --lable y  | '--lable'    | '--label'",
        "train e.yaml --rank 2             | '--rank'     | '--ranks'",
        "train e.yaml --otuput=x           | '--otuput'   | '--output'",
        "runs -json                        | '-json'      | '--json'",
        "--json runs                       | '--json'     | after the command",
        "runs yesterday                    | 'yesterday'  | too many"
      })
  void a_word_that_is_misspelt_is_named_with_the_nearest(
      String words, String misspelt, String meant) {
    PrintStream former = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int code;
    try {
      System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
      code = LockstepCommand.run(words.split(" "));
    } finally {
      System.setErr(former);
    }
    assertThat(code).isEqualTo(2);
    assertThat(said.toString(StandardCharsets.UTF_8).lines().findFirst().orElse(""))
        .contains(misspelt, meant);
  }

  @Test
  void a_java_home_without_a_java_is_named() throws Exception {
    Path home = directory.resolve("no jdk");
    assertThat(lockstep(home)).contains("JAVA_HOME", home.toString(), "17");
  }

  @Test
  void a_java_that_is_too_old_is_named_with_its_version() throws Exception {
    Path java = Files.createDirectories(directory.resolve("jdk8/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"1.8.0_412\"' >&2\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    assertThat(lockstep(directory.resolve("jdk8"))).contains("1.8.0_412", "17", "JAVA_HOME");
    Files.writeString(directory.resolve("jdk8/release"), "JAVA_VERSION=\"11.0.23\"\n");
    assertThat(lockstep(directory.resolve("jdk8"))).contains("11.0.23", "17", "JAVA_HOME");
  }

  /** The one line that the script says; it must end with 1. */
  private static String lockstep(Path javaHome) throws IOException, InterruptedException {
    ProcessBuilder script =
        new ProcessBuilder(System.getProperty("lockstep.root") + "/bin/lockstep", "--version");
    script.environment().putAll(Map.of("JAVA_HOME", javaHome.toString()));
    Process process = script.redirectErrorStream(true).start();
    List<String> said = process.inputReader().lines().toList();
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(said).hasSize(1);
    return said.get(0);
  }
}
