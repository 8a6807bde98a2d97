package dev.lockstep.distributor.spec;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which optimizer updates the rows of sharded embeddings, those alone that a step has touched. */
public enum RowOptimizerKind {
  /** Adam; a row's means stand still while it is not touched. */
  @JsonProperty("adamw")
  ADAMW,
  /** Adagrad with one sum a row and table. */
  @JsonProperty("adagrad")
  ADAGRAD,
  /** Gradient descent without momentum. */
  @JsonProperty("sgd")
  SGD
}
