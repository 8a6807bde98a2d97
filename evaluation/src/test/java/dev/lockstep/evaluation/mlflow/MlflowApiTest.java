package dev.lockstep.evaluation.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.evaluation.mlflow.MlflowApi.Metric;
import dev.lockstep.evaluation.mlflow.MlflowApi.Named;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MlflowApiTest {
  private final List<JsonNode> heard = new CopyOnWriteArrayList<>();
  private final List<String> queries = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private volatile int status = 200;
  private volatile String said = "{}";
  private volatile long length;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    queries.add(String.valueOf(exchange.getRequestURI().getRawQuery()));
    heard.add(Json.read(body.isEmpty() ? "{}" : body, JsonNode.class));
    byte[] bytes = said.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/elsewhere");
    exchange.sendResponseHeaders(status, Math.max(length, bytes.length));
    exchange.getResponseBody().write(bytes);
    exchange.getResponseBody().flush();
    if (length == 0) {
      exchange.close();
    }
  }

  private MlflowApi api(Duration timeout) {
    String address = "http://127.0.0.1:" + server.getAddress().getPort();
    return new MlflowApi(
        new MlflowHttp(
            address, Optional.of("Basic c2VjcmV0"), timeout, List.of(Duration.ofMillis(10))));
  }

  private MlflowApi api() {
    return api(Duration.ofSeconds(30));
  }

  @Test
  void an_experiment_is_found_by_any_name() {
    said = "{\"experiment\": {\"experiment_id\": \"12\"}}";
    assertThat(api().experiment("naïve & so")).contains("12");
    assertThat(queries).containsExactly("experiment_name=na%C3%AFve+%26+so");
  }

  @Test
  void a_large_run_goes_out_in_requests_within_the_limits() {
    List<Metric> metrics =
        IntStream.range(0, 1700).mapToObj(i -> new Metric("m" + i, i, 5, 0)).toList();
    List<Named> tags = IntStream.range(0, 250).mapToObj(i -> new Named("t" + i, "" + i)).toList();
    api().logBatch("r1", metrics, tags.subList(0, 7), tags);
    assertThat(heard).hasSize(3).allMatch(batch -> batch.get("run_id").asText().equals("r1"));
    assertThat(heard).extracting(b -> b.get("metrics").size()).containsExactly(800, 800, 100);
    assertThat(heard).extracting(b -> b.get("params").size()).containsExactly(7, 0, 0);
    assertThat(heard).extracting(b -> b.get("tags").size()).containsExactly(100, 100, 50);
    assertThat(heard.get(2).get("tags").get(49).get("key").asText()).isEqualTo("t249");
  }

  @Test
  void a_refusal_is_one_line_with_the_servers_reason() {
    status = 400;
    said = "{\"error_code\": \"INVALID_PARAMETER_VALUE\", \"message\": \"no\\nsuch run\"}";
    assertThatThrownBy(() -> api().endRun("r1", "FINISHED", 1))
        .isInstanceOf(LockstepException.class)
        .hasMessageStartingWith(
            "runs/update was answered with HTTP status 400 (INVALID_PARAMETER_VALUE no such run).");
  }

  @Test
  void a_page_is_no_answer() {
    said = "<html>log in</html>";
    assertThatThrownBy(() -> api().createRun("7", "run", 1, List.of()))
        .hasMessageContaining("JSON object");
    said = "{\"run\": {}}";
    assertThatThrownBy(() -> api().createRun("7", "run", 1, List.of()))
        .hasMessageStartingWith("the answer to runs/create has no /run/info/run_id");
    status = 404;
    said = "<html>not here</html>";
    assertThatThrownBy(() -> api().experiment("lockstep"))
        .hasMessageStartingWith("experiments/get-by-name was answered with HTTP status 404.");
  }

  @Test
  void a_server_that_is_overloaded_is_asked_again() {
    status = 503;
    assertThatThrownBy(() -> api().endRun("r1", "FINISHED", 1)).hasMessageContaining("status 503");
    assertThat(heard).hasSize(2);
    status = 400;
    assertThatThrownBy(() -> api().endRun("r1", "FINISHED", 1)).hasMessageContaining("status 400");
    assertThat(heard).hasSize(3);
  }

  @Test
  void a_redirect_is_not_followed() {
    status = 308;
    assertThatThrownBy(() -> api().createExperiment("lockstep")).hasMessageContaining("status 308");
  }

  @Test
  void a_body_that_does_not_end_is_given_up() {
    length = 100;
    assertThatThrownBy(() -> api(Duration.ofSeconds(1)).createExperiment("lockstep"))
        .isInstanceOf(LockstepException.class)
        .hasMessageStartingWith("experiments/create failed (no answer after 1 s)");
  }

  @Test
  void a_server_that_is_down_is_said_to_be() {
    MlflowApi api = api();
    server.stop(0);
    assertThatThrownBy(() -> api.createExperiment("lockstep"))
        .isInstanceOf(LockstepException.class)
        .hasMessageStartingWith("experiments/create failed (no connection)");
  }
}
