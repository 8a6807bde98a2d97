package dev.lockstep.models.engine;

/** A TorchScript module cannot be run on what it was given, or gave what it should not. */
public final class ScriptException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;
  private static final String KIND = "RuntimeError: ";

  /** What is wrong, in one line. */
  public ScriptException(String message) {
    super(message);
  }

  /** As libtorch says it, of whose lines most show where in the module's code it was. */
  ScriptException(String doing, RuntimeException failure) {
    super(doing + ": " + cause(String.valueOf(failure.getMessage())), failure);
  }

  /** The last line that has a word of its own: before it stands the code, after it nothing. */
  private static String cause(String message) {
    String last =
        message
            .lines()
            .map(String::strip)
            .filter(line -> line.matches(".*\\w.*"))
            .reduce((a, b) -> b.startsWith("Exception raised from") ? a : b)
            .orElse("no reason given");
    return last.startsWith(KIND) ? last.substring(KIND.length()) : last;
  }
}
