package dev.lockstep.evaluation.comparison;

import dev.lockstep.evaluation.baselines.Trees;
import dev.lockstep.evaluation.result.ModelResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A model that is fitted.
 *
 * @param scoring from encoded rows to scored rows
 * @param seconds how long it took
 * @param settings what it was fitted with, defaults included
 * @param weightsSha256 names a network's weights
 * @param learning what each epoch of a network came to
 * @param numbers how many numbers were fitted
 * @param trees how many trees of a boosted model were kept
 * @param keep writes it to its folder, where learning has not done so
 */
record FittedModel(
    UnaryOperator<Dataset<Row>> scoring,
    double seconds,
    Map<String, Object> settings,
    Optional<String> weightsSha256,
    List<ModelResult.LearningPoint> learning,
    long numbers,
    Optional<Trees> trees,
    Runnable keep) {}
