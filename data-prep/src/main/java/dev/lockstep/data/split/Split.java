package dev.lockstep.data.split;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

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

  /** The split that a column names; none for anything else. */
  public static Optional<Split> named(String column) {
    return Arrays.stream(values()).filter(s -> s.column().equals(column)).findFirst();
  }
}
