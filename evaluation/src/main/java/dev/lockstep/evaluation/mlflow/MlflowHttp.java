package dev.lockstep.evaluation.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls of a server, which answers in JSON. Follows no redirect, so that credentials reach no other
 * server. A call that the server has not begun with, as it is down or overloaded, is made again.
 */
final class MlflowHttp {
  private static final int OK = 200;
  private static final int LONGEST_MESSAGE = 300;

  /** Too many requests, bad gateway, service unavailable: nothing was done. */
  private static final Set<Integer> NOT_BEGUN = Set.of(429, 502, 503);

  private final String address;
  private final Optional<String> authorization;
  private final Duration timeout;
  private final List<Duration> pauses;
  private final HttpClient http;

  /**
   * A server.
   *
   * @param address its address, without credentials
   * @param authorization the value of the header of that name
   * @param timeout how long one call may take, an upload aside
   * @param pauses how long to wait before each further attempt
   */
  MlflowHttp(
      String address, Optional<String> authorization, Duration timeout, List<Duration> pauses) {
    this.address = address;
    this.authorization = authorization;
    this.timeout = timeout;
    this.pauses = List.copyOf(pauses);
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .build();
  }

  /** An answer: status and body. */
  record Answer(String call, int status, String body) {
    /** What the server says of an error by a field of its JSON; empty if nothing. */
    String error(String field) {
      return json().map(answer -> answer.path(field).asText("")).orElse("");
    }

    private Optional<JsonNode> json() {
      try {
        return Optional.of(Json.read(body, JsonNode.class)).filter(JsonNode::isObject);
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }

    /**
     * The JSON of an answer that says yes.
     *
     * @throws LockstepException if it says no, or is something else
     */
    JsonNode accepted() {
      if (status != OK) {
        String said = line(error("error_code") + " " + error("message"));
        throw new LockstepException(
            "%s was answered with HTTP status %d%s"
                .formatted(call, status, said.isEmpty() ? "" : " (" + said + ")"),
            "Check the server, its address and your rights there");
      }
      return json()
          .orElseThrow(
              () ->
                  new LockstepException(
                      call + " was answered with something other than a JSON object",
                      "Check that the address is that of an MLflow server"));
    }
  }

  /**
   * Gets something.
   *
   * @param call its name for messages
   * @param path its path on the server, perhaps with a query
   */
  Answer get(String call, String path) {
    return send(call, request(path).GET(), timeout);
  }

  /** Posts a JSON object. */
  Answer post(String call, String path, Map<String, ?> body) {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(Json.line(body)));
    return send(call, request, timeout);
  }

  /** Puts a file there. */
  Answer put(String call, String path, BodyPublisher file, Duration limit) {
    return send(call, request(path).PUT(file), limit);
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + path));
    authorization.ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  private Answer send(String call, HttpRequest.Builder request, Duration limit) {
    for (Duration pause : pauses) {
      try {
        Answer answer = once(call, request, limit);
        if (!NOT_BEGUN.contains(answer.status())) {
          return answer;
        }
      } catch (NoConnection e) {
        // The last attempt, below, says so.
      }
      pause(call, pause);
    }
    return once(call, request, limit);
  }

  private static void pause(String call, Duration pause) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(call, "interrupted", e);
    }
  }

  /** The limit covers the body, too; the one of {@link HttpRequest} ends with the headers. */
  private Answer once(String call, HttpRequest.Builder request, Duration limit) {
    CompletableFuture<HttpResponse<String>> sent =
        http.sendAsync(request.build(), BodyHandlers.ofString());
    try {
      HttpResponse<String> response = sent.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(call, response.statusCode(), response.body());
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw unreachable(call, "no answer after " + limit.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof ConnectException) {
        throw new NoConnection(call, e);
      }
      throw unreachable(call, String.valueOf(cause.getMessage()), e);
    } catch (InterruptedException e) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      throw unreachable(call, "interrupted", e);
    }
  }

  private static final class NoConnection extends LockstepException {
    private static final long serialVersionUID = 1;

    NoConnection(String call, Exception cause) {
      super(call + " failed (no connection)", "Check the server and its address", cause);
    }
  }

  private static LockstepException unreachable(String call, String why, Exception cause) {
    return new LockstepException(
        "%s failed (%s)".formatted(call, line(why)), "Check the server and its address", cause);
  }

  private static String line(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.substring(0, Math.min(line.length(), LONGEST_MESSAGE));
  }
}
