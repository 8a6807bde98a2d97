package dev.lockstep.evaluation.cli;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.rendezvous.StageFailure;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import scala.Option;

/** The program: lists the commands, runs one, and says what went wrong in one line. */
@Command(
    name = "lockstep",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    version = "Lockstep 0.1.0",
    description =
        "Trains neural networks on Spark, in step, on one pinned version of a Delta table, and says honestly whether they beat gradient-boosted trees on the same rows.",
    subcommands = {
      DemoCommand.class,
      ImportCommand.class,
      PrepareCommand.class,
      InitCommand.class,
      CompareCommand.class,
      SuiteCommand.class,
      HistoryCommand.class,
      TrainCommand.class,
      RunsCommand.class,
      BoardCommand.class,
      ShowCommand.class,
      DiffCommand.class,
      ReproduceCommand.class,
      DecayCommand.class,
      PredictCommand.class,
      ModelsCommand.class,
      BenchCommand.class,
      DoctorCommand.class,
      CompletionCommand.class
    })
public final class LockstepCommand {
  private static final int FAILED = 1;

  /** Such as {@code java.io.IOException: }. */
  private static final Pattern CLASS_NAME =
      Pattern.compile("\\b([a-z][a-z0-9]*\\.){2,}[A-Z][A-Za-z$]*(Exception|Error)\\b(: )?");

  /** Set by YARN's application master, in which the driver runs in cluster deploy mode. */
  private static final String YARN_APPLICATION = "spark.yarn.app.id";

  /** Runs a command; exits with 0 if all is well, 1 if it failed, 2 if it was used wrongly. */
  public static void main(String[] arguments) {
    Interruption interruption = new Interruption();
    CommandLine line = line(interruption, arguments);
    line.setExecutionStrategy(parsed -> execute(interruption::watch, parsed));
    int code = run(line, arguments);
    if (Commands.hasSpark(line)) { // Help must not wait for Spark's classes.
      Option<SparkSession> session = SparkSession.getDefaultSession();
      if (session.isDefined()) {
        session.get().stop();
      }
    }
    int status = interruption.code(code);
    // An application master takes any exit for a failure; it ends the JVM by itself.
    if (status != 0 || System.getProperty(YARN_APPLICATION) == null) {
      System.exit(status);
    }
  }

  /** As {@link #main}, without the end of session and JVM; returns the exit code. */
  public static int run(String... arguments) {
    return run(line(new Interruption(), arguments), arguments);
  }

  private static CommandLine line(Interruption interruption, String... arguments) {
    boolean traced = java.util.Arrays.asList(arguments).contains("--stacktrace");
    CommandLine line = new CommandLine(new LockstepCommand());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    NumberWords.register(line);
    line.setParameterExceptionHandler(LockstepCommand::misused);
    line.setExecutionStrategy(parsed -> execute(command -> {}, parsed));
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> interruption.happened() ? FAILED : failed(e, command, traced));
    return line;
  }

  /** Signals are heard once a command runs: to hear them takes classes of Spark's. */
  private static int execute(Consumer<CommandLine> watch, ParseResult parsed) {
    CommandLine command = Commands.running(parsed.commandSpec().commandLine());
    if (Misspelling.isOfCommand(command)) { // There is no help of a command that there is not.
      return misused(command, "");
    }
    Integer help = CommandLine.executeHelpRequest(parsed);
    if (help != null) {
      return help;
    }
    if (Commands.options(command).isPresent()) {
      watch.accept(parsed.commandSpec().commandLine());
    }
    return new RunLast().execute(parsed);
  }

  private static int run(CommandLine line, String... arguments) {
    if (arguments.length == 0) {
      line.usage(System.out);
      return CommandLine.ExitCode.USAGE;
    }
    return line.execute(arguments);
  }

  private static int misused(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    if (Misspelling.asksForHelp(command, arguments)) {
      command.usage(System.out);
      return CommandLine.ExitCode.OK;
    }
    return misused(command, e.getMessage());
  }

  private static int misused(CommandLine command, String message) {
    System.err.println("lockstep: " + Misspelling.in(command).orElse(message));
    System.err.println("Try: lockstep " + path(command) + "--help");
    return CommandLine.ExitCode.USAGE;
  }

  private static String path(CommandLine command) {
    return command.getParent() == null
        ? ""
        : path(command.getParent()) + command.getCommandName() + " ";
  }

  private static int failed(Exception e, CommandLine command, boolean traced) {
    Commands.options(command).ifPresent(options -> options.progress().end());
    Exception known = StageFailure.of(e).map(Exception.class::cast).orElse(e);
    if (known instanceof LockstepException && !traced) {
      System.err.println("lockstep: " + known.getMessage());
    } else if (traced) {
      e.printStackTrace();
    } else {
      System.err.println("lockstep: " + words(e));
      System.err.println(
          "Unexpected error, probably a bug in Lockstep. Rerun with --stacktrace and report it.");
    }
    return FAILED;
  }

  /** The first line of what an error says, without the names of Java's classes. */
  private static String words(Exception e) {
    return String.valueOf(e.getMessage())
        .lines()
        .findFirst()
        .map(line -> CLASS_NAME.matcher(line).replaceAll("").strip())
        .filter(line -> !line.isEmpty() && !line.equals("null"))
        .orElse("it failed, and no reason is known");
  }
}
