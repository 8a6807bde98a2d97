package dev.lockstep.evaluation.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class MlflowServerTest {
  private SparkSession spark;
  private TrackingServer server;

  @BeforeEach
  void listen(SparkSession session) throws IOException {
    spark = session;
    server = new TrackingServer("mlflow-artifacts:");
  }

  @AfterEach
  void end() {
    spark.conf().unset(MlflowServer.PROPERTY);
    server.close();
  }

  private MlflowServer named(String address, Map<String, String> environment) {
    spark.conf().set(MlflowServer.PROPERTY, address);
    return MlflowServer.of(spark, environment).orElseThrow();
  }

  private static String basic(String credentials) {
    return "Basic "
        + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void credentials_are_those_of_the_address_or_of_the_environment() {
    String withPassword = server.address().replace("http://", "http://ann:pa%40ss@");
    MlflowServer ofAddress = named(withPassword, Map.of("MLFLOW_TRACKING_TOKEN", "t0ken"));
    assertThat(ofAddress.address()).isEqualTo(server.address());
    assertThat(ofAddress.experiment()).isEqualTo("e1");
    Map<String, String> user =
        Map.of(
            "MLFLOW_TRACKING_USERNAME",
            "bob",
            "MLFLOW_TRACKING_PASSWORD",
            "pass",
            "MLFLOW_TRACKING_TOKEN",
            "t0ken",
            "MLFLOW_EXPERIMENT_NAME",
            "other");
    assertThat(named(server.address(), user).experiment()).isEqualTo("e2");
    named(server.address(), Map.of("MLFLOW_TRACKING_TOKEN", "t0ken")).experiment();
    named(server.address(), Map.of()).experiment();
    assertThat(server.authorizations)
        .containsExactlyInAnyOrder(basic("ann:pa@ss"), basic("bob:pass"), "Bearer t0ken", "null");
    assertThat(server.violations).isEmpty();
  }

  @Test
  void no_message_has_a_password_or_a_token() {
    MlflowServer mlflow =
        named(server.address().replace("http://", "http://ann:pa%40ss@"), Map.of());
    server.close();
    assertThatThrownBy(mlflow::experiment).hasMessageNotContainingAny("pa%40ss", "pa@ss");
    for (String wrong :
        List.of("ftp://ann:pa55@host", "http://ann:pa55/x@host", "ann:pa55@ho st")) {
      assertThatThrownBy(() -> named(wrong, Map.of()))
          .isInstanceOf(LockstepException.class)
          .hasMessageContaining("not the address of a server")
          .hasMessageNotContaining("pa55");
    }
    assertThatThrownBy(() -> named("http://host:5000", Map.of("MLFLOW_TRACKING_TOKEN", "t0 ken\n")))
        .isInstanceOf(LockstepException.class)
        .hasMessageNotContaining("t0");
  }

  @Test
  void only_a_server_is_a_server_and_a_model_is_registered_with_one() {
    assertThatThrownBy(() -> named("mlruns", Map.of()))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("not the address of a server");
    spark.conf().unset(MlflowServer.PROPERTY);
    assertThat(MlflowServer.of(spark, Map.of())).isEmpty();
    spark.conf().set(MlflowTracking.REGISTERED, "churn");
    try {
      assertThatThrownBy(() -> MlflowTracking.of(spark, warning -> {}))
          .isInstanceOf(LockstepException.class)
          .hasMessageContaining("no tracking server is named");
    } finally {
      spark.conf().unset(MlflowTracking.REGISTERED);
    }
  }
}
