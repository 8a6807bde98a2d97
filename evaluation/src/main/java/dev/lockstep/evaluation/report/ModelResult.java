package dev.lockstep.evaluation.report;

import dev.lockstep.evaluation.metrics.CurvePoint;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A model of a comparison.
 *
 * @param name its name
 * @param kind {@code network} or {@code baseline}
 * @param metrics its metrics on the test split, most telling first
 * @param trainSeconds how long training took
 * @param predictSeconds how long it took to score the test split
 * @param settings how it was trained
 * @param weightsSha256 names a network's weights; empty for a baseline
 * @param learning what each epoch came to; empty for a baseline
 * @param roc its ROC curve, for a binary task
 * @param calibration its calibration, for a binary task
 */
public record ModelResult(
    String name,
    Kind kind,
    Map<String, Double> metrics,
    double trainSeconds,
    double predictSeconds,
    Map<String, Object> settings,
    Optional<String> weightsSha256,
    List<LearningPoint> learning,
    List<CurvePoint> roc,
    List<CurvePoint> calibration) {
  /** What a model is. */
  public enum Kind {
    /** A neural network. */
    network,
    /** What it is compared with. */
    baseline
  }

  /** Copies the collections. */
  public ModelResult {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    learning = List.copyOf(learning);
    roc = List.copyOf(roc);
    calibration = List.copyOf(calibration);
  }

  /**
   * An epoch.
   *
   * @param epoch the epoch, from 1
   * @param trainLoss mean loss of training
   * @param validationLoss mean loss on the validation split
   */
  public record LearningPoint(int epoch, double trainLoss, double validationLoss) {}
}
