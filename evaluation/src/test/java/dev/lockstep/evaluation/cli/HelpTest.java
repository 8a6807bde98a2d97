package dev.lockstep.evaluation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.evaluation.Lockstep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Help is short of time: it loads nothing that it does not show. */
class HelpTest {
  private static final List<String> NOT_FOR_HELP =
      List.of(
          "org.apache.spark.",
          "scala.",
          "org.apache.hadoop.",
          "org.apache.logging.",
          "ai.djl.",
          "io.delta.");

  @TempDir static Path directory;

  /** Prints the help of each command, in one JVM. */
  public static void main(String[] commands) {
    for (String command : commands) {
      int code = LockstepCommand.run((command + " --help").trim().split(" "));
      if (code != 0) {
        throw new IllegalStateException(command + " --help ended with " + code);
      }
    }
  }

  static void collect(String name, CommandLine command, List<String> into) {
    into.add(name);
    command
        .getSubcommands()
        .forEach((word, below) -> collect((name + " " + word).trim(), below, into));
  }

  @Test
  void no_commands_help_loads_a_class_of_spark_or_its_like() throws Exception {
    List<String> commands = new ArrayList<>();
    collect("", new CommandLine(new LockstepCommand()), commands);
    assertThat(commands).contains("", "demo", "bench allreduce").hasSizeGreaterThan(18);
    ChildJvm child = ChildJvm.run(directory, HelpTest.class, commands);
    assertThat(child.err()).isEmpty();
    assertThat(child.code()).isZero();
    assertThat(child.out()).contains("Usage: lockstep", "Usage: lockstep bench scaling");
    assertNothingLoaded(child);
  }

  @Test
  void the_program_itself_loads_none_for_its_help_and_version_and_for_a_wrong_word()
      throws Exception {
    for (String words : List.of("--help", "--version", "runs --help", "completion fish")) {
      ChildJvm child = ChildJvm.run(directory, Lockstep.class, List.of(words.split(" ")));
      assertThat(child.code()).isZero();
      assertNothingLoaded(child);
    }
    assertThat(ChildJvm.run(directory, Lockstep.class, List.of()).code()).isEqualTo(2);
    ChildJvm wrong = ChildJvm.run(directory, Lockstep.class, List.of("history"));
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("lockstep: ", "Try: lockstep history --help");
    assertNothingLoaded(wrong);
  }

  private static boolean isNotForHelp(String name) {
    return NOT_FOR_HELP.stream().anyMatch(name::startsWith);
  }

  private static void assertNothingLoaded(ChildJvm child) {
    assertThat(child.loaded()).contains(LockstepCommand.class.getName());
    assertThat(child.loaded().stream().filter(HelpTest::isNotForHelp)).isEmpty();
  }
}
