package dev.lockstep.evaluation.cli;

import static java.lang.ProcessBuilder.Redirect.DISCARD;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Scripts that complete words in a shell. */
class CompletionTest {
  @TempDir Path directory;

  private static String script(String shell) {
    PrintStream former = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      assertThat(LockstepCommand.run("completion", shell)).isZero();
    } finally {
      System.setOut(former);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** What bash itself offers for the last of some words. */
  private List<String> offered(String... words) throws Exception {
    Path script = directory.resolve("lockstep.bash");
    Files.writeString(script, script("bash"));
    String line =
        "source %s; COMP_WORDS=(%s); COMP_CWORD=%d; _complete_lockstep; printf '%%s\\n' \"${COMPREPLY[@]}\""
            .formatted(script, "'" + String.join("' '", words) + "'", words.length - 1);
    Process bash = new ProcessBuilder("bash", "--norc", "-c", line).redirectError(DISCARD).start();
    List<String> offered = bash.inputReader().lines().map(String::strip).toList();
    assertThat(bash.waitFor()).as(String.join("\n", offered)).isZero();
    return offered;
  }

  @Test
  void bash_completes_commands_and_options() throws Exception {
    assertThat(offered("lockstep", "tra")).containsExactly("train");
    assertThat(offered("bin/lockstep", "bench", "all")).containsExactly("allreduce");
    assertThat(offered("lockstep", "compare", "--res")).containsExactly("--resume");
    assertThat(offered("lockstep", "predict", "--"))
        .contains("--model")
        .doesNotContain("--network");
    assertThat(offered("lockstep", "completion", "")).contains("bash", "zsh", "fish");
  }

  @Test
  void zsh_has_the_script_of_bash_which_loads_what_it_needs_there() {
    assertThat(script("zsh")).isEqualTo(script("bash")).contains("bashcompinit");
  }

  @Test
  void fish_has_a_line_for_each_command_and_option() {
    List<String> lines = script("fish").lines().toList();
    List<String> commands = new ArrayList<>();
    HelpTest.collect("", new CommandLine(new LockstepCommand()), commands);
    for (String command : commands.subList(1, commands.size())) {
      String word = command.substring(command.indexOf(' ') + 1);
      assertThat(lines).as(command).anyMatch(l -> l.contains(" -f -a " + word + " -d "));
    }
    assertThat(lines)
        .allMatch(line -> line.matches("complete -c lockstep -n '[^']+' .+ -d '([^'\\\\]|\\\\.)*'"))
        .anyMatch(
            line ->
                line.startsWith(
                    "complete -c lockstep -n '__fish_seen_subcommand_from compare' -l resume -r -d "))
        .anyMatch(line -> line.contains("'__fish_seen_subcommand_from train' -l json -d "))
        .anyMatch(line -> line.contains("-f -a 'bash zsh fish'"))
        .anyMatch(
            line ->
                line.startsWith(
                    "complete -c lockstep -n '__fish_seen_subcommand_from bench; and not __fish_seen_subcommand_from allreduce"))
        .noneMatch(line -> line.contains("-l network ") && line.contains("predict"));
  }
}
