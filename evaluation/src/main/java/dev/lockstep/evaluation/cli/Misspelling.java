package dev.lockstep.evaluation.cli;

import dev.lockstep.data.Names;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A word of a command line that is no command and no option, and what may have been meant. */
final class Misspelling {
  private Misspelling() {}

  /**
   * The first word that a command does not know, in one sentence. Looked for before what is missing
   * is complained of: an option that is misspelt is missing, too.
   */
  static Optional<String> in(CommandLine command) {
    List<String> unknown = command.getUnmatchedArguments();
    if (unknown.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> option = unknown.stream().filter(word -> word.startsWith("-")).findFirst();
    CommandSpec spec = command.getCommandSpec();
    if (option.isPresent()) {
      String name = name(option.get());
      boolean below =
          spec.subcommands().values().stream()
              .anyMatch(c -> c.getCommandSpec().optionsMap().containsKey(name));
      return Optional.of(
          below
              ? "option '%s' comes after the command".formatted(name)
              : unknown("option", name, options(spec)));
    }
    if (!spec.subcommands().isEmpty()) {
      return Optional.of(
          unknown("command", unknown.get(0), List.copyOf(spec.subcommands().keySet())));
    }
    return Optional.of("'%s' is one word too many".formatted(unknown.get(0)));
  }

  /**
   * Whether a person wants to read the help of a command, whatever else is wrong; of a command that
   * there is not there is no help.
   */
  static boolean asksForHelp(CommandLine command, String... arguments) {
    CommandSpec spec = command.getCommandSpec();
    boolean asked =
        Arrays.stream(arguments)
            .map(spec.optionsMap()::get)
            .anyMatch(option -> option != null && option.usageHelp());
    return asked && !isOfCommand(command);
  }

  /** Whether a word stands for a command that there is not. */
  static boolean isOfCommand(CommandLine command) {
    return !command.getSubcommands().isEmpty()
        && command.getUnmatchedArguments().stream().anyMatch(word -> !word.startsWith("-"));
  }

  private static String unknown(String kind, String word, List<String> known) {
    return "there is no %s '%s'. Did you mean '%s'?"
        .formatted(kind, word, Names.nearest(word, known));
  }

  /** Without the value that may be attached. */
  private static String name(String option) {
    int end = option.indexOf('=');
    return end < 0 ? option : option.substring(0, end);
  }

  private static List<String> options(CommandSpec spec) {
    List<String> names = new ArrayList<>();
    for (OptionSpec option : spec.options()) {
      if (!option.hidden()) {
        names.add(option.longestName());
      }
    }
    return names;
  }
}
