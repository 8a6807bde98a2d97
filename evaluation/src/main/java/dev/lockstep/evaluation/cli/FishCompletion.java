package dev.lockstep.evaluation.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What completes commands and options in fish: a line for each. */
final class FishCompletion {
  private final String program;
  private final List<String> lines = new ArrayList<>();

  private FishCompletion(String program) {
    this.program = program;
  }

  /** The script of a program. */
  static String of(CommandLine root) {
    FishCompletion script = new FishCompletion(root.getCommandName());
    script.add(root.getCommandSpec(), "__fish_use_subcommand", "__fish_use_subcommand");
    return String.join("\n", script.lines);
  }

  /**
   * Adds a command.
   *
   * @param own when its options are completed
   * @param next when the commands below it are
   */
  private void add(CommandSpec command, String own, String next) {
    for (OptionSpec option : command.options()) {
      if (!option.hidden()) {
        line(own, names(option) + (option.arity().max() > 0 ? " -r" : ""), option.description());
      }
    }
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      if (parameter.completionCandidates() != null) {
        line(
            own,
            "-f -a " + quoted(String.join(" ", parameter.completionCandidates())),
            parameter.paramLabel());
      }
    }
    command
        .subcommands()
        .forEach(
            (name, below) -> {
              CommandSpec spec = below.getCommandSpec();
              line(next, "-f -a " + name, spec.usageMessage().description());
              String seen = "__fish_seen_subcommand_from " + name;
              add(spec, seen, seen + "; and not __fish_seen_subcommand_from " + below(spec));
            });
  }

  private static String below(CommandSpec command) {
    return String.join(" ", command.subcommands().keySet());
  }

  private static String names(OptionSpec option) {
    StringBuilder names = new StringBuilder();
    for (String name : option.names()) {
      names.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
    }
    return names.substring(1);
  }

  private void line(String condition, String what, String... description) {
    String said = description.length == 0 ? "" : description[0].replace("%n", " ");
    lines.add(
        "complete -c %s -n %s %s -d %s".formatted(program, quoted(condition), what, quoted(said)));
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
