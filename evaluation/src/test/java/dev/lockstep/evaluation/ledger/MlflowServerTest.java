package dev.lockstep.evaluation.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class MlflowServerTest {
  private static final String API = "/api/2.0/mlflow/";

  private final Map<String, JsonNode> heard = new ConcurrentHashMap<>();
  private HttpServer server;
  private volatile String authorization;
  private SparkSession spark;

  @BeforeEach
  void listen(SparkSession session) throws IOException {
    spark = session;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(API, this::answer);
    server.start();
    spark.conf().set(MlflowServer.PROPERTY, "http://127.0.0.1:" + server.getAddress().getPort());
  }

  @AfterEach
  void end() {
    spark.conf().unset(MlflowServer.PROPERTY);
    server.stop(0);
  }

  /** As a server without that experiment answers. */
  private void answer(HttpExchange exchange) throws IOException {
    String call = exchange.getRequestURI().getPath().substring(API.length());
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    heard.put(call, Json.read(body.isEmpty() ? "{}" : body, JsonNode.class));
    authorization = exchange.getRequestHeaders().getFirst("Authorization");
    boolean unknown = call.equals("experiments/get-by-name");
    String said =
        switch (call) {
          case "experiments/get-by-name" ->
              "{\"error_code\": \"RESOURCE_DOES_NOT_EXIST\", \"message\": \"none\"}";
          case "experiments/create" -> "{\"experiment_id\": \"7\"}";
          case "runs/create" -> "{\"run\": {\"info\": {\"run_id\": \"r1\"}}}";
          default -> "{}";
        };
    byte[] bytes = said.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(unknown ? 404 : 200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Test
  void a_run_goes_out_with_its_inputs_and_results() {
    MlflowServer.of(spark)
        .orElseThrow()
        .log(LedgerTest.run("20261101-000000-aaaa", "2026-11-01T00:00:00Z", 0.75));
    assertThat(heard.get("experiments/create").get("name").asText()).isEqualTo("lockstep");
    assertThat(heard.get("runs/create").get("experiment_id").asText()).isEqualTo("7");
    assertThat(heard.get("runs/create").get("run_name").asText()).isEqualTo("20261101-000000-aaaa");
    JsonNode batch = heard.get("runs/log-batch");
    assertThat(batch.get("run_id").asText()).isEqualTo("r1");
    assertThat(batch.get("metrics")).hasSize(1); // The other one is not a number.
    assertThat(batch.get("metrics").get(0).get("key").asText()).isEqualTo("mlp/auc");
    assertThat(batch.get("metrics").get(0).get("value").asDouble()).isEqualTo(0.75);
    assertThat(batch.get("params").toString()).contains("people", "\"version\"", "\"3\"");
    assertThat(batch.get("tags").toString()).contains("lockstep.weights.mlp", "\"77\"", "4.1.0");
    assertThat(heard.get("runs/update").get("status").asText()).isEqualTo("FINISHED");
  }

  @Test
  void a_password_in_the_address_is_a_credential_and_in_no_message() {
    int port = server.getAddress().getPort();
    spark.conf().set(MlflowServer.PROPERTY, "http://ann:pa%40ss@127.0.0.1:" + port);
    MlflowServer mlflow = MlflowServer.of(spark).orElseThrow();
    assertThat(mlflow.address()).isEqualTo("http://127.0.0.1:" + port);
    mlflow.log(LedgerTest.run("20261101-000000-aaaa", "2026-11-01T00:00:00Z", 0.75));
    assertThat(authorization)
        .isEqualTo(
            "Basic "
                + Base64.getEncoder().encodeToString("ann:pa@ss".getBytes(StandardCharsets.UTF_8)));
    server.stop(0);
    assertThatThrownBy(
            () -> mlflow.log(LedgerTest.run("20261101-000000-bbbb", "2026-11-01T00:00:00Z", 0)))
        .hasMessageNotContainingAny("pa%40ss", "pa@ss");
    for (String wrong :
        List.of("ftp://ann:pa55@host", "http://ann:pa55/x@host", "ann:pa55@ho st")) {
      spark.conf().set(MlflowServer.PROPERTY, wrong);
      assertThatThrownBy(() -> MlflowServer.of(spark))
          .isInstanceOf(LockstepException.class)
          .hasMessageContaining("not the address of a server")
          .hasMessageNotContaining("pa55");
    }
  }

  @Test
  void only_a_server_is_a_server() {
    spark.conf().set(MlflowServer.PROPERTY, "mlruns");
    assertThatThrownBy(() -> MlflowServer.of(spark))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("not the address of a server");
  }
}
