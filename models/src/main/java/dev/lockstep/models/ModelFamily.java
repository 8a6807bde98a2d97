package dev.lockstep.models;

import ai.djl.nn.Block;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A kind of network. Implementations are found by {@link java.util.ServiceLoader}, so that a new
 * one needs no change here.
 */
public interface ModelFamily {
  /** The name in an experiment file, such as {@code mlp}. */
  String name();

  /**
   * Builds an uninitialised network.
   *
   * <p>Its forward takes {@code [batch, numeric]} float32 and {@code [batch, categorical]} int32
   * (both always present; one may have no columns) and gives one array of logits {@code [batch,
   * outputs]}, or {@code [batch, members, outputs]} for an ensemble in one network.
   *
   * @param schema what the network is fed
   * @param outputs number of outputs: 1 for binary and regression, the number of classes else
   * @param options options from the experiment file
   * @throws IllegalArgumentException if an option is unknown or out of range; the message names it
   *     and the known ones
   */
  Block build(FeatureSchema schema, int outputs, Map<String, Object> options);

  /** What it is, in one line for a list. */
  default String summary() {
    return "";
  }

  /** Whether it can be built without options. */
  default boolean hasDefaults() {
    return true;
  }

  /**
   * The options that tuning may vary, beside learning rate and weight decay, which it may vary of
   * every network.
   */
  default List<TunedOption> tunedOptions() {
    return List.of();
  }

  /**
   * Refuses a network that can be built but not trained. The driver asks once, before any rank
   * begins; a saved network is opened without it.
   *
   * @throws IllegalArgumentException if the network cannot be trained; the message says why
   */
  default void checkTrainable(FeatureSchema schema, int outputs, Map<String, Object> options) {}

  /**
   * Whether the network computes with its parameters unit by unit ({@link TabularBlock#units}), so
   * that each rank may hold a part of them: every unit's input is used by that unit alone.
   */
  default boolean hasUnits() {
    return true;
  }

  /**
   * How the network is trained where the experiment file does not say otherwise, by the names of
   * that file's {@code training} section, such as {@code learningRate}.
   */
  default Map<String, Object> trainingDefaults() {
    return Map.of();
  }

  /** The transform of numeric features that the network does best with. */
  default NumericTransform numericTransform() {
    return NumericTransform.QUANTILE;
  }

  /**
   * The loss that the network does best with; empty for the task's own.
   *
   * @param link what the outputs mean
   */
  default Optional<EstimatorSpec> loss(Link link) {
    return Optional.empty();
  }

  /** Files that the options name and that a saved network needs beside its weights. */
  default List<Path> files(Map<String, Object> options) {
    return List.of();
  }

  /** The options with those files taken from a saved network's folder, where they are there. */
  default Map<String, Object> withFilesOf(Path folder, Map<String, Object> options) {
    return options;
  }

  /** How a numeric feature is transformed before it reaches a network. */
  enum NumericTransform {
    /** Subtract the mean, divide by the standard deviation. */
    STANDARD,
    /** To a normal distribution, by quantiles of the train split. */
    QUANTILE,
    /**
     * Subtract the median, divide by the interquartile range, then {@code x / sqrt(1 + (x / 3)^2)}.
     */
    ROBUST
  }

  /** All networks that can be found, by name. */
  static SortedMap<String, ModelFamily> catalogue() {
    return Catalogue.of(ModelFamily.class, ModelFamily::name);
  }

  /**
   * The catalogue's entry of that name.
   *
   * @throws UnknownNameException if there is none; the message names the known ones
   */
  static ModelFamily named(String name) {
    return Catalogue.named(ModelFamily.class, ModelFamily::name, "model", name);
  }
}
