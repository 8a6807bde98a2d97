package dev.lockstep.data;

/**
 * A mistake that the user can correct: says what is wrong and what to do about it. Shown as one
 * line, without a stack trace. A bug of ours is an {@link IllegalStateException} instead.
 */
public class LockstepException extends RuntimeException {
  private final String problem;
  private final String remedy;

  /**
   * A mistake with its way out.
   *
   * @param problem what is wrong, naming the file, column, row or option
   * @param remedy what the user can do, an imperative sentence
   */
  public LockstepException(String problem, String remedy) {
    this(problem, remedy, null);
  }

  /** As {@link #LockstepException(String, String)}, with the failure that revealed it. */
  public LockstepException(String problem, String remedy, Throwable cause) {
    super(problem + ". " + remedy, cause);
    this.problem = problem;
    this.remedy = remedy;
  }

  /** What is wrong. */
  public String problem() {
    return problem;
  }

  /** What the user can do. */
  public String remedy() {
    return remedy;
  }
}
