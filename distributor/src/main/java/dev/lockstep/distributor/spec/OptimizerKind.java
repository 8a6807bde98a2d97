package dev.lockstep.distributor.spec;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which optimizer. */
public enum OptimizerKind {
  /** Adam with decoupled weight decay. */
  @JsonProperty("adamw")
  ADAMW,
  /** Gradient descent with momentum. */
  @JsonProperty("sgd")
  SGD
}
