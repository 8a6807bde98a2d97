package dev.lockstep.evaluation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.ShortJvm;
import dev.lockstep.evaluation.Lockstep;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A command that a signal ends, in a JVM of its own. */
class InterruptionTest {
  @TempDir static Path directory;

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void a_signal_ends_in_one_line_with_what_to_do_and_its_own_exit_code(String signal, int code)
      throws Exception {
    File said = directory.resolve(signal).toFile();
    // A build in the background may ignore SIGINT.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal"));
    command.addAll(
        ShortJvm.command(
            List.of(),
            Lockstep.class,
            "bench",
            "allreduce",
            "--ranks=2",
            "--transport=shared",
            "--json"));
    Process process = new ProcessBuilder(command).redirectError(said).start();
    try {
      assertThat(process.inputReader().readLine()).startsWith("{");
      new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isEqualTo(code);
    assertThat(Files.readAllLines(said.toPath()))
        .last()
        .isEqualTo("lockstep: ended by SIG" + signal + ". Run the command again");
  }

  @Test
  void without_a_signal_the_exit_code_is_the_commands_own() {
    assertThat(new Interruption().code(2)).isEqualTo(2);
    assertThat(new Interruption().happened()).isFalse();
  }
}
