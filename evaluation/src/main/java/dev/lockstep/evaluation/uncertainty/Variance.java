package dev.lockstep.evaluation.uncertainty;

import java.util.List;

/**
 * A variance that was estimated.
 *
 * @param value the variance
 * @param freedom its degrees of freedom; how well it is known
 */
record Variance(double value, double freedom) {
  /**
   * Of a sum of independent parts, with the degrees of freedom of Welch (Biometrika 1947) and
   * Satterthwaite (Biometrics Bulletin 1946).
   */
  static Variance sum(List<Variance> parts) {
    double value = parts.stream().mapToDouble(Variance::value).sum();
    double squares =
        parts.stream()
            .filter(p -> p.value() > 0)
            .mapToDouble(p -> p.value() * p.value() / p.freedom())
            .sum();
    return new Variance(value, squares == 0 ? Double.POSITIVE_INFINITY : value * value / squares);
  }
}
