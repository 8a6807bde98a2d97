package dev.lockstep.distributor.optimizer;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The learning rate over a run, as a factor of the rate that the experiment names. */
public enum Schedule {
  /** Always 1. */
  @JsonProperty("constant")
  CONSTANT,
  /** Linear from 0 over the warm-up, then half a cosine down to 0. */
  @JsonProperty("cosine")
  COSINE,
  /**
   * Up from 1/25 over the warm-up and down to 1/250,000, both along half a cosine (Smith and Topin,
   * "Super-Convergence", 2018; factors as in PyTorch's OneCycleLR).
   */
  @JsonProperty("onecycle")
  ONE_CYCLE,
  /**
   * Four cosine cycles of growing length: 0.5 (1 - cos(2 pi log2(1 + 15 t))) (Holzmueller,
   * Grinsztajn and Steinwart, "Better by Default", NeurIPS 2024).
   */
  @JsonProperty("coslog4")
  COSLOG4;

  /**
   * The factor at a moment.
   *
   * @param t share of the run that is done, in {@code [0, 1]}
   * @param warmup share of the run that is warm-up, in {@code [0, 1)}
   */
  public double factor(double t, double warmup) {
    return switch (this) {
      case CONSTANT -> t < warmup ? t / warmup : 1;
      case COSINE -> t < warmup ? t / warmup : half(1, 0, (t - warmup) / (1 - warmup));
      case ONE_CYCLE ->
          t < warmup
              ? half(1 / 25.0, 1, t / warmup)
              : half(1, 1 / 250_000.0, (t - warmup) / (1 - warmup));
      case COSLOG4 -> 0.5 * (1 - StrictMath.cos(2 * Math.PI * log2(1 + 15 * t)));
    };
  }

  /** From one value to another along half a cosine; StrictMath gives every JVM the same bits. */
  private static double half(double from, double to, double t) {
    return to + (from - to) * 0.5 * (1 + StrictMath.cos(Math.PI * Math.min(t, 1)));
  }

  private static double log2(double x) {
    return StrictMath.log(x) / StrictMath.log(2);
  }
}
