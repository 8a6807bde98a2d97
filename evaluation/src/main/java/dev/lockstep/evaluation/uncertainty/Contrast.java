package dev.lockstep.evaluation.uncertainty;

import java.util.Optional;

/**
 * How much better one model is than another, by the metric that decides.
 *
 * @param first a model
 * @param second another one
 * @param gain how much better the first is, in units of the metric; negative where it is worse
 * @param evidence how sure that is; empty where the test split is too small for it
 * @param deLong DeLong's test, where it can be made
 * @param mcNemar McNemar's test, where it can be made
 */
public record Contrast(
    String first,
    String second,
    double gain,
    Optional<Evidence> evidence,
    Optional<DeLong> deLong,
    Optional<McNemar> mcNemar) {
  /** Whether one of the two is shown to be better. */
  public boolean shown() {
    return evidence.map(Evidence::shown).orElse(false);
  }

  /** The same with the models the other way round. */
  public Contrast reversed() {
    return new Contrast(
        second,
        first,
        -gain,
        evidence.map(Evidence::reversed),
        deLong.map(d -> new DeLong(-d.difference(), d.standardError(), d.p())),
        mcNemar.map(m -> new McNemar(m.onlySecond(), m.onlyFirst(), m.exact(), m.p())));
  }
}
