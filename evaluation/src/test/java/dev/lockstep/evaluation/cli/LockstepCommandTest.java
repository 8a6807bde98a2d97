package dev.lockstep.evaluation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

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
        "runs yesterday                    | 'yesterday'  | too many",
        "trian e.yaml --help               | 'trian'      | 'train'",
        "bench alreduce --help             | 'alreduce'   | 'allreduce'",
        "train e.yaml --ranks two          | 'two'        | is not a whole number",
        "bench train --batch 2.5           | '2.5'        | is not a whole number",
        "predict --table t --out o         | --run        | --model"
      })
  void a_word_that_is_misspelt_is_named_with_the_nearest(
      String words, String misspelt, String meant) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int code = run(new ByteArrayOutputStream(), said, words);
    assertThat(code).isEqualTo(2);
    assertThat(said.toString(StandardCharsets.UTF_8).lines().findFirst().orElse(""))
        .contains(misspelt, meant)
        .doesNotContainPattern("\\b(int|long|double|boolean|java)\\b");
  }

  private static int run(ByteArrayOutputStream out, ByteArrayOutputStream err, String words) {
    PrintStream formerOut = System.out;
    PrintStream formerErr = System.err;
    try {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
      return LockstepCommand.run(words.split(" "));
    } finally {
      System.setOut(formerOut);
      System.setErr(formerErr);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train --help",
        "train e.yaml --rank 2 --help",
        "train --help e.yaml --otuput=x",
        "train --ranks two -h",
        "runs yesterday --help",
        "predict --help --nothing",
        "bench allreduce --nothing --help",
        "bench --nothing --help",
        "--nothing --help"
      })
  void help_is_shown_whatever_else_is_wrong(String words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    assertThat(run(out, err, words)).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    String command = words.replaceFirst("^((bench )?([a-z]+ )?).*", "$1");
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("Usage: lockstep " + command.strip());
  }

  @Test
  void no_help_speaks_of_javas_types() {
    List<String> commands = new ArrayList<>();
    HelpTest.collect("", new CommandLine(new LockstepCommand()), commands);
    assertThat(commands).contains("completion");
    for (String command : commands) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      run(out, new ByteArrayOutputStream(), (command + " --help").strip());
      assertThat(out.toString(StandardCharsets.UTF_8))
          .as(command)
          .doesNotContain("4.9E", "E308", "(?!")
          .doesNotContainPattern("java\\.|\\b(Integer|Long|Double|Boolean)\\b");
    }
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
