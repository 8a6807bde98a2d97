package dev.lockstep.data.sql;

import dev.lockstep.data.LockstepException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.QueryContextType;
import org.apache.spark.SparkThrowable;

/**
 * Expressions that have no value in some row, as Spark tells of them while a query runs: ANSI mode
 * divides nothing by zero and casts nothing that does not fit. They are known by the class of their
 * SQL state, never by words.
 */
public final class SqlFailure {
  /** The class of SQL states of values that do not fit. */
  private static final String DATA_EXCEPTION = "22";

  /** States of that class which are of settings and files, not of values. */
  private static final Pattern OF_SETTINGS = Pattern.compile("22022|22K.*");

  private static final Pattern CONDITION = Pattern.compile("^\\[[A-Z0-9_.]+\\]\\s*");
  private static final Pattern STATE = Pattern.compile("\\s*SQLSTATE: \\w+.*$");

  private SqlFailure() {}

  /** The mistake that a failure goes back to, if it is one of an expression. */
  public static Optional<LockstepException> of(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof SparkThrowable known && isOfValues(known.getSqlState())) {
        return Optional.of(mistake(e, known, failure));
      }
    }
    return Optional.empty();
  }

  /** The mistake that a failure goes back to; one that is none is thrown on. */
  public static LockstepException orThrow(Exception failure) {
    return of(failure)
        .orElseThrow(
            () ->
                failure instanceof RuntimeException unchecked
                    ? unchecked
                    : new IllegalStateException(failure.getMessage(), failure));
  }

  private static boolean isOfValues(String state) {
    return state != null
        && state.startsWith(DATA_EXCEPTION)
        && !OF_SETTINGS.matcher(state).matches();
  }

  private static LockstepException mistake(Throwable e, SparkThrowable known, Throwable failure) {
    String expression =
        Arrays.stream(known.getQueryContext())
            .filter(context -> context.contextType() == QueryContextType.SQL)
            .map(context -> context.fragment().strip())
            .filter(fragment -> !fragment.isEmpty())
            .findFirst()
            .map(fragment -> "the expression '" + fragment + "'")
            .orElse("an expression");
    String state = known.getSqlState();
    Map<String, String> said = known.getMessageParameters();
    String problem;
    if (state.equals("22012")) {
      problem = expression + " divides by zero in some row";
    } else if (said.containsKey("targetType")) {
      problem =
          "%s casts %s to %s in some row, which does not fit"
              .formatted(
                  expression,
                  said.getOrDefault("expression", said.getOrDefault("value", "a value")),
                  said.get("targetType").replace("\"", ""));
    } else {
      problem = expression + " has no value in some row: " + words(e.getMessage());
    }
    String remedy =
        switch (state) {
          case "22012" -> "Write try_divide(a, b), which is null there, or leave such rows out";
          case "22018", "22007", "22008" ->
              "Write try_cast(x as type), which is null there, or leave such rows out";
          case "22003" ->
              "Write try_add, try_subtract, try_multiply or try_cast, which are null there, or cast"
                  + " to double before";
          default -> "Write it so that it has a value, or null, in every row";
        };
    return new LockstepException(problem, remedy, failure);
  }

  /** The first line of a message of Spark's, without its codes. */
  static String words(String message) {
    String line =
        String.valueOf(message).lines().filter(l -> !l.isBlank()).findFirst().orElse("").strip();
    return STATE
        .matcher(CONDITION.matcher(line).replaceFirst(""))
        .replaceFirst("")
        .replaceFirst("\\.+$", "");
  }
}
