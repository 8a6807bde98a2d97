package dev.lockstep.evaluation.result;

import dev.lockstep.evaluation.baselines.Trees;
import dev.lockstep.evaluation.metrics.CalibrationPoint;
import dev.lockstep.evaluation.metrics.Confusion;
import dev.lockstep.evaluation.metrics.CurvePoint;
import dev.lockstep.evaluation.tuning.Trial;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A model of a comparison. What is there once, though there are several seeds, is the first seed's.
 *
 * @param name its name, which no other model of the comparison has
 * @param kind {@code network} or {@code baseline}
 * @param metrics its metrics on the test split, most telling first; means over seeds and splits
 * @param deviations their standard deviations over splits where there are several, else over seeds;
 *     NaN for one seed of one split
 * @param metricsBySeed its metrics, seed by seed, and split by split where there are several
 * @param validation the metric that decides, on the validation split, mean over seeds; NaN without
 *     such a split
 * @param trainSeconds how long training took, mean over seeds
 * @param predictSeconds how long it took to score the test split, mean over seeds
 * @param cost what else it cost
 * @param settings how it was trained
 * @param weightsSha256 names a network's weights; empty for a baseline
 * @param weightsBySeed the same, seed by seed
 * @param treesBySeed how many trees of a boosted model were kept, seed by seed; empty for others
 * @param learning what each epoch came to; empty for a baseline
 * @param roc its ROC curve, for a binary task
 * @param precisionRecall its precision-recall curve, for a binary task
 * @param calibration its calibration, for a binary task
 * @param confusion which classes its predictions are taken for; empty for regression, and in
 *     results of an earlier release
 * @param tuning what was tried before; empty without tuning
 */
public record ModelResult(
    String name,
    Kind kind,
    Map<String, Double> metrics,
    Map<String, Double> deviations,
    List<Map<String, Double>> metricsBySeed,
    double validation,
    double trainSeconds,
    double predictSeconds,
    Cost cost,
    Map<String, Object> settings,
    Optional<String> weightsSha256,
    List<String> weightsBySeed,
    List<Trees> treesBySeed,
    List<LearningPoint> learning,
    List<CurvePoint> roc,
    List<CurvePoint> precisionRecall,
    List<CalibrationPoint> calibration,
    Optional<Confusion> confusion,
    List<Trial> tuning) {
  /** What a model is. */
  public enum Kind {
    /** A neural network. */
    network,
    /** What it is compared with. */
    baseline,
    /** A network and a baseline together. */
    ensemble
  }

  /** Copies the collections. */
  public ModelResult {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    deviations = Collections.unmodifiableMap(new LinkedHashMap<>(deviations));
    metricsBySeed = List.copyOf(metricsBySeed);
    settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    weightsBySeed = List.copyOf(weightsBySeed);
    treesBySeed = treesBySeed == null ? List.of() : List.copyOf(treesBySeed);
    learning = List.copyOf(learning);
    roc = List.copyOf(roc);
    precisionRecall = List.copyOf(precisionRecall);
    calibration = List.copyOf(calibration);
    tuning = List.copyOf(tuning);
  }

  /** The name with what was done to its options: {@code tuned gbt} where there was tuning. */
  String described() {
    return tuning.isEmpty() ? name : "tuned " + name;
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
