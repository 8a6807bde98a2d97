package dev.lockstep.evaluation.mlflow;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The model of a run that predictions are made with, and its files.
 *
 * @param model its name
 * @param reason why that one, in words
 * @param folders the folders that it consists of, by the path that each gets among the model's
 *     files: empty, or ending with a slash
 */
public record ChosenFiles(String model, String reason, Map<String, String> folders) {
  /** Copies the map. */
  public ChosenFiles {
    folders = Collections.unmodifiableMap(new LinkedHashMap<>(folders));
  }
}
