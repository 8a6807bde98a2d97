package dev.lockstep.evaluation.mlflow;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.data.LockstepException;
import dev.lockstep.evaluation.mlflow.MlflowHttp.Answer;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The calls of version 2.0 of MLflow's REST API that record runs, their files and models. */
final class MlflowApi {
  /** Items of one {@code log-batch} request: MLflow takes at most 1000 in all. */
  static final int METRICS_PER_REQUEST = 800;

  /** Parameters, and likewise tags, that MLflow takes in one request. */
  static final int NAMED_PER_REQUEST = 100;

  private static final String PATH = "/api/2.0/mlflow/";
  private static final String ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/";
  private static final String UNKNOWN = "RESOURCE_DOES_NOT_EXIST";
  private static final String KNOWN = "RESOURCE_ALREADY_EXISTS";
  private static final int NOT_FOUND = 404;
  private static final Duration UPLOAD = Duration.ofMinutes(10);

  private final MlflowHttp http;

  MlflowApi(MlflowHttp http) {
    this.http = http;
  }

  /**
   * One number of a run.
   *
   * @param key its name
   * @param value a finite number
   * @param timestamp milliseconds since 1970
   * @param step the training step
   */
  record Metric(String key, double value, long timestamp, long step) {}

  /**
   * A parameter or a tag.
   *
   * @param key its name
   * @param value its value
   */
  record Named(String key, String value) {}

  /**
   * A run at the server.
   *
   * @param id its id
   * @param artifacts the URI below which its files are
   */
  record ServerRun(String id, String artifacts) {}

  /**
   * A data set that a run has read.
   *
   * @param name its name
   * @param digest names this version of it
   * @param sourceType what kind of place it is at
   * @param source JSON of that place
   * @param schema JSON of its columns
   * @param profile JSON of its size
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record DataSet(
      String name,
      String digest,
      @JsonProperty("source_type") String sourceType,
      String source,
      String schema,
      String profile) {}

  /** The id of the experiment of this name, if there is one. */
  Optional<String> experiment(String name) {
    String call = "experiments/get-by-name";
    String query = "?experiment_name=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    Answer answer = http.get(call, PATH + call + query);
    if (answer.status() == NOT_FOUND && answer.error("error_code").equals(UNKNOWN)) {
      return Optional.empty();
    }
    return Optional.of(text(call, answer.accepted(), "/experiment/experiment_id"));
  }

  /** Makes an experiment and returns its id. */
  String createExperiment(String name) {
    String call = "experiments/create";
    return text(call, post(call, Map.of("name", name)), "/experiment_id");
  }

  /** Starts a run. */
  ServerRun createRun(String experiment, String name, long startTime, List<Named> tags) {
    String call = "runs/create";
    return run(
        call,
        post(
            call,
            Map.of(
                "experiment_id",
                experiment,
                "run_name",
                name,
                "start_time",
                startTime,
                "tags",
                tags)));
  }

  /** Opens a run again that was ended, or never was. */
  ServerRun reopenRun(String id) {
    update(id, Map.of("status", "RUNNING"));
    String call = "runs/get";
    return run(call, http.get(call, PATH + call + "?run_id=" + encoded(id)).accepted());
  }

  private static ServerRun run(String call, JsonNode answer) {
    return new ServerRun(
        text(call, answer, "/run/info/run_id"), answer.at("/run/info/artifact_uri").asText(""));
  }

  /** Adds to a run, in as many requests as MLflow's limits need. */
  void logBatch(String run, List<Metric> metrics, List<Named> parameters, List<Named> tags) {
    for (int i = 0; ; i++) {
      List<Metric> someMetrics = slice(metrics, i, METRICS_PER_REQUEST);
      List<Named> someParameters = slice(parameters, i, NAMED_PER_REQUEST);
      List<Named> someTags = slice(tags, i, NAMED_PER_REQUEST);
      if (someMetrics.isEmpty() && someParameters.isEmpty() && someTags.isEmpty()) {
        return;
      }
      post(
          "runs/log-batch",
          Map.of(
              "run_id", run, "metrics", someMetrics, "params", someParameters, "tags", someTags));
    }
  }

  /**
   * Adds a data set to a run.
   *
   * @param context what it was used for, such as {@code training}
   */
  void logInput(String run, DataSet data, String context) {
    post(
        "runs/log-inputs",
        Map.of(
            "run_id",
            run,
            "datasets",
            List.of(
                Map.of(
                    "dataset", data, "tags", List.of(new Named("mlflow.data.context", context))))));
  }

  /**
   * Says that a run's files have a model among them.
   *
   * @param json the model's description
   */
  void logModel(String run, String json) {
    post("runs/log-model", Map.of("run_id", run, "model_json", json));
  }

  /** Ends a run with {@code FINISHED}, {@code FAILED} or {@code KILLED}. */
  void endRun(String run, String status, long endTime) {
    update(run, Map.of("status", status, "end_time", endTime));
  }

  private void update(String run, Map<String, Object> what) {
    Map<String, Object> body = new TreeMap<>(what);
    body.put("run_id", run);
    post("runs/update", body);
  }

  /**
   * Puts a file below the root of the server's own artifacts.
   *
   * @param path its path there, with slashes
   */
  void putArtifact(String path, BodyPublisher file) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    String encoded =
        String.join("/", List.of(path.split("/")).stream().map(MlflowApi::encoded).toList());
    http.put("the upload of " + name, ARTIFACTS + encoded, file, UPLOAD).accepted();
  }

  /** Makes a model in the registry, unless there is one of this name. */
  void ensureRegisteredModel(String name) {
    String call = "registered-models/create";
    Answer answer = http.post(call, PATH + call, Map.of("name", name));
    if (!answer.error("error_code").equals(KNOWN)) {
      answer.accepted();
    }
  }

  /**
   * Adds a version of a model to the registry.
   *
   * @param source the URI of the folder with the model's files
   * @return the number of the version
   */
  String createModelVersion(
      String name, String source, String run, String description, List<Named> tags) {
    String call = "model-versions/create";
    return text(
        call,
        post(
            call,
            Map.of(
                "name",
                name,
                "source",
                source,
                "run_id",
                run,
                "description",
                description,
                "tags",
                tags)),
        "/model_version/version");
  }

  private static String encoded(String word) {
    return URLEncoder.encode(word, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static <T> List<T> slice(List<T> all, int index, int size) {
    int from = Math.min(index * size, all.size());
    return all.subList(from, Math.min(from + size, all.size()));
  }

  private JsonNode post(String call, Map<String, ?> body) {
    return http.post(call, PATH + call, body).accepted();
  }

  private static String text(String call, JsonNode answer, String pointer) {
    String text = answer.at(pointer).asText("");
    if (text.isEmpty()) {
      throw new LockstepException(
          "the answer to %s has no %s".formatted(call, pointer),
          "Check that the address is that of an MLflow server");
    }
    return text;
  }
}
