package dev.lockstep.evaluation;

import dev.lockstep.evaluation.cli.LockstepCommand;

/** The main class of {@code lockstep.jar}: what {@code bin/lockstep} and spark-submit run. */
public final class Lockstep {
  private Lockstep() {}

  /** Runs a command; exits with 0 if all is well, 1 if it failed, 2 if it was used wrongly. */
  public static void main(String[] arguments) {
    LockstepCommand.main(arguments);
  }
}
