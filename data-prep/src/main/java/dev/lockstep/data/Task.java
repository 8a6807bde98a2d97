package dev.lockstep.data;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What is learned of the label. */
public enum Task {
  /** Two classes; the label is 1 for the positive one and 0 for the other. */
  @JsonProperty("binary")
  BINARY,
  /** Three or more classes; the label is the index of the class. */
  @JsonProperty("multiclass")
  MULTICLASS,
  /** A real number, in its own units. */
  @JsonProperty("regression")
  REGRESSION
}
