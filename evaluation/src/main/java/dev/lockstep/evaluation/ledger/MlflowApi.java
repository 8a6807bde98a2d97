package dev.lockstep.evaluation.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The calls of MLflow's REST API that record a run. Follows no redirect, so that credentials reach
 * no other server.
 */
final class MlflowApi {
  /** Items of one {@code log-batch} request: MLflow takes at most 1000 in all. */
  static final int METRICS_PER_REQUEST = 800;

  /** Parameters, and likewise tags, that MLflow takes in one request. */
  static final int NAMED_PER_REQUEST = 100;

  private static final String PATH = "/api/2.0/mlflow/";
  private static final String UNKNOWN = "RESOURCE_DOES_NOT_EXIST";
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int LONGEST_MESSAGE = 300;

  private final String address;
  private final Optional<String> authorization;
  private final Duration timeout;
  private final HttpClient http;

  /**
   * A server's API.
   *
   * @param address the server's address, without credentials
   * @param authorization the value of the header of that name
   * @param timeout how long one call may take
   */
  MlflowApi(String address, Optional<String> authorization, Duration timeout) {
    this.address = address;
    this.authorization = authorization;
    this.timeout = timeout;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .build();
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

  /** The id of the experiment of this name, if there is one. */
  Optional<String> experiment(String name) {
    String call = "experiments/get-by-name";
    String query = "?experiment_name=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    HttpResponse<String> response = send(call, request(call + query).GET());
    if (response.statusCode() == NOT_FOUND && error(response, "error_code").equals(UNKNOWN)) {
      return Optional.empty();
    }
    return Optional.of(text(call, answer(call, response), "/experiment/experiment_id"));
  }

  /** Makes an experiment and returns its id. */
  String createExperiment(String name) {
    String call = "experiments/create";
    return text(call, post(call, Map.of("name", name)), "/experiment_id");
  }

  /** Starts a run and returns its id. */
  String createRun(String experiment, String name, long startTime) {
    String call = "runs/create";
    JsonNode answer =
        post(call, Map.of("experiment_id", experiment, "run_name", name, "start_time", startTime));
    return text(call, answer, "/run/info/run_id");
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

  /** Ends a run with {@code FINISHED} or {@code FAILED}. */
  void endRun(String run, String status, long endTime) {
    post("runs/update", Map.of("run_id", run, "status", status, "end_time", endTime));
  }

  private static <T> List<T> slice(List<T> all, int index, int size) {
    int from = Math.min(index * size, all.size());
    return all.subList(from, Math.min(from + size, all.size()));
  }

  private JsonNode post(String call, Map<String, Object> body) {
    HttpRequest.Builder request =
        request(call)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(Json.line(body)));
    return answer(call, send(call, request));
  }

  private HttpRequest.Builder request(String call) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + PATH + call));
    authorization.ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  /** The timeout covers the body, too; the one of {@link HttpRequest} ends with the headers. */
  private HttpResponse<String> send(String call, HttpRequest.Builder request) {
    CompletableFuture<HttpResponse<String>> sent =
        http.sendAsync(request.build(), BodyHandlers.ofString());
    try {
      return sent.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw unreachable(call, "no answer after " + timeout.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      String why =
          cause instanceof ConnectException ? "no connection" : String.valueOf(cause.getMessage());
      throw unreachable(call, why, e);
    } catch (InterruptedException e) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      throw unreachable(call, "interrupted", e);
    }
  }

  private static LockstepException unreachable(String call, String why, Exception cause) {
    return new LockstepException(
        "%s failed (%s)".formatted(call, line(why)), "Check the server and its address", cause);
  }

  private static JsonNode answer(String call, HttpResponse<String> response) {
    if (response.statusCode() != OK) {
      String said = line(error(response, "error_code") + " " + error(response, "message"));
      throw new LockstepException(
          "%s was answered with HTTP status %d%s"
              .formatted(call, response.statusCode(), said.isEmpty() ? "" : " (" + said + ")"),
          "Check the server, its address and your rights there");
    }
    return json(response)
        .orElseThrow(
            () ->
                new LockstepException(
                    call + " was answered with something other than a JSON object",
                    "Check that the address is that of an MLflow server"));
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

  private static String error(HttpResponse<String> response, String field) {
    return json(response).map(answer -> answer.path(field).asText("")).orElse("");
  }

  private static Optional<JsonNode> json(HttpResponse<String> response) {
    try {
      return Optional.of(Json.read(response.body(), JsonNode.class)).filter(JsonNode::isObject);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String line(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.substring(0, Math.min(line.length(), LONGEST_MESSAGE));
  }
}
