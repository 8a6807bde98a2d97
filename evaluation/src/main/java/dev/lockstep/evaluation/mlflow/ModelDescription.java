package dev.lockstep.evaluation.mlflow;

import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.lockstep.data.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What MLflow is told of a model, as JSON and as the file {@code MLmodel} beside the model's files.
 * Its one flavor is {@code lockstep}: it is loaded by Lockstep, not by {@code mlflow.pyfunc}.
 */
final class ModelDescription {
  /** Name of the file. */
  static final String FILE = "MLmodel";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);
  private static final YAMLMapper YAML =
      YAMLMapper.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).build();

  private final Map<String, Object> all = new LinkedHashMap<>();

  /**
   * A description.
   *
   * @param path the path of the model's folder among the run's files
   * @param runId MLflow's id of the run
   * @param flavor what Lockstep has to know of it
   * @param signature its columns in and out
   */
  ModelDescription(
      String path, String runId, Map<String, Object> flavor, Map<String, Object> signature) {
    all.put("artifact_path", path);
    all.put("run_id", runId);
    all.put("model_uuid", UUID.randomUUID().toString().replace("-", ""));
    all.put("utc_time_created", TIME.format(Instant.now()));
    all.put("flavors", Map.of("lockstep", flavor));
    all.put("signature", signature);
  }

  String json() {
    return Json.line(all);
  }

  /** The content of the file. */
  byte[] yaml() {
    try {
      return YAML.writeValueAsString(all).getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("expected a map that has a form in YAML", e);
    }
  }
}
