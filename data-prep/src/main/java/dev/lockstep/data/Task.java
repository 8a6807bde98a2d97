package dev.lockstep.data;

/** What is learned of the label. */
public enum Task {
  /** Two classes; the label is 1 for the positive one and 0 for the other. */
  BINARY,
  /** Three or more classes; the label is the index of the class. */
  MULTICLASS,
  /** A real number, in its own units. */
  REGRESSION
}
