package dev.lockstep.distributor.spec;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What early stopping watches on the validation split. */
public enum ValidationMetric {
  /** The training loss; lower is better. */
  @JsonProperty("loss")
  LOSS,
  /** The share of rows whose class is right; higher is better. */
  @JsonProperty("accuracy")
  ACCURACY;

  /** Whether a value is better than another. */
  public boolean better(double value, double than) {
    return this == LOSS ? value < than : value > than;
  }

  /** What every value is better than. */
  public double worst() {
    return this == LOSS ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
  }
}
