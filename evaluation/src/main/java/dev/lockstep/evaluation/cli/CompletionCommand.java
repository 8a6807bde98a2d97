package dev.lockstep.evaluation.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lockstep completion}; it has none of the options of commands that may need Spark. */
@Command(
    name = "completion",
    description = {
      "Prints a script that completes commands and options in a shell.",
      "bash and zsh: source <(bin/lockstep completion bash)",
      "fish: bin/lockstep completion fish | source"
    })
final class CompletionCommand implements Callable<Integer> {
  /** Shells that there is a script for. */
  private enum Shell {
    bash,
    zsh,
    fish
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
  private Shell shell;

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    String script =
        switch (shell) {
          case bash, zsh -> AutoComplete.bash(root.getCommandName(), root); // It is for both.
          case fish -> FishCompletion.of(root);
        };
    System.out.println(script);
    return 0;
  }
}
