package dev.lockstep.data.spec;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What is done with rows that nothing can be learned from. */
public enum OnBadRow {
  /** They are an error. */
  @JsonProperty("refuse")
  REFUSE,
  /** They are left out and counted. */
  @JsonProperty("drop")
  DROP
}
