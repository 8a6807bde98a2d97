package dev.lockstep.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;

/**
 * What a saved network is, apart from its weights: enough to build it again and to read its
 * outputs, without Spark.
 *
 * @param format version of the saved form
 * @param model the network's name and options
 * @param schema what it is fed
 * @param outputs number of outputs
 * @param link from logits to predictions
 * @param classes the classes in the order of their probabilities; empty for regression
 * @param labelMean added to a regression's output after {@code labelDeviation}; 0 else
 * @param labelDeviation factor of a regression's output; 1 else
 * @param weightsSha256 SHA-256 of the weights file, in hexadecimal
 */
public record ModelCard(
    int format,
    EstimatorSpec model,
    FeatureSchema schema,
    int outputs,
    Link link,
    List<String> classes,
    double labelMean,
    double labelDeviation,
    String weightsSha256) {
  /** The version that this release writes. */
  public static final int FORMAT = 1;

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** Refuses what this release does not know. */
  public ModelCard {
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "saved model of format %d; this release reads %d".formatted(format, FORMAT));
    }
    classes = List.copyOf(classes);
  }

  /** The card as JSON text. */
  public String toJson() {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("expected a card that is valid JSON", e);
    }
  }

  /**
   * Reads a card.
   *
   * @throws IllegalArgumentException if the text is no card, or one of a form that is not known
   */
  public static ModelCard fromJson(String json) {
    try {
      return JSON.readValue(json, ModelCard.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "not the card of a saved model: " + e.getOriginalMessage());
    }
  }
}
