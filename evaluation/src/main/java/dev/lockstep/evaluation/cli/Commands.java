package dev.lockstep.evaluation.cli;

import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** What a command line has come to. */
final class Commands {
  private Commands() {}

  /** The command that runs, or the one above where none does. */
  static CommandLine running(CommandLine line) {
    ParseResult parsed = line.getParseResult();
    if (parsed == null) {
      return line;
    }
    while (parsed.hasSubcommand()) {
      parsed = parsed.subcommand();
    }
    return parsed.commandSpec().commandLine();
  }

  /** Whether the command that runs has a Spark session. */
  static boolean hasSpark(CommandLine line) {
    return options(running(line)).filter(CommonOptions::hasSpark).isPresent();
  }

  /** The options that every command has, as this one got them. */
  static Optional<CommonOptions> options(CommandLine command) {
    return command.getCommandSpec().mixins().values().stream()
        .map(mixin -> mixin.userObject())
        .filter(CommonOptions.class::isInstance)
        .map(CommonOptions.class::cast)
        .findFirst();
  }
}
