package dev.lockstep.data.split;

import java.util.Locale;

/** The part that a row plays. */
public enum Split {
  /** Fits the features and the models. */
  TRAIN,
  /** Chooses the epoch and the tuned settings. */
  VALIDATION,
  /** Judges, once, at the end; out of reach of everything that trains. */
  TEST;

  /** The value of the {@code split} column. */
  public String column() {
    return name().toLowerCase(Locale.ROOT);
  }
}
