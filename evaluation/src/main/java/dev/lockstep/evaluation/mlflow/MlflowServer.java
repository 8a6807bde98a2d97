package dev.lockstep.evaluation.mlflow;

import dev.lockstep.data.LockstepException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;

/** An MLflow tracking server, as a session or the environment names it. */
final class MlflowServer {
  /** The Spark property that names a server; else the variable {@code MLFLOW_TRACKING_URI} does. */
  static final String PROPERTY = "spark.lockstep.mlflow.trackingUri";

  private static final String VARIABLE = "MLFLOW_TRACKING_URI";
  private static final String USER = "MLFLOW_TRACKING_USERNAME";
  private static final String PASSWORD = "MLFLOW_TRACKING_PASSWORD";
  private static final String TOKEN = "MLFLOW_TRACKING_TOKEN";
  private static final String EXPERIMENT_VARIABLE = "MLFLOW_EXPERIMENT_NAME";
  private static final String EXPERIMENT = "lockstep";

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final List<Duration> PAUSES =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(3));

  private final String address;
  private final String experiment;
  private final MlflowApi api;

  /**
   * A server.
   *
   * @param uri its address, perhaps with a user's name and password
   * @param environment variables, by name
   */
  private MlflowServer(URI uri, Map<String, String> environment) {
    Optional<String> user = Optional.ofNullable(uri.getRawUserInfo());
    String bare =
        user.map(u -> uri.toString().replaceFirst(Pattern.quote(u + "@"), ""))
            .orElseGet(uri::toString);
    this.address = bare.replaceFirst("/+$", "");
    this.experiment = environment.getOrDefault(EXPERIMENT_VARIABLE, EXPERIMENT);
    Optional<String> authorization = user.map(MlflowServer::ofAddress).or(() -> of(environment));
    this.api = new MlflowApi(new MlflowHttp(address, authorization, TIMEOUT, PAUSES));
  }

  private static String ofAddress(String user) {
    String[] named = user.split(":", 2);
    return basic(decoded(named[0]), named.length < 2 ? "" : decoded(named[1]));
  }

  /** As MLflow's own clients do: name and password come before a token. */
  private static Optional<String> of(Map<String, String> environment) {
    String user = environment.getOrDefault(USER, "");
    String token = environment.getOrDefault(TOKEN, "");
    if (!user.isEmpty()) {
      return Optional.of(basic(user, environment.getOrDefault(PASSWORD, "")));
    }
    if (!token.matches("[\\x21-\\x7e]*")) { // Java's own message would show it.
      throw new LockstepException(
          TOKEN + " has a blank or another character that no token has", "Copy the token again");
    }
    return token.isEmpty() ? Optional.empty() : Optional.of("Bearer " + token);
  }

  private static String basic(String user, String password) {
    byte[] credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(credentials);
  }

  private static String decoded(String word) {
    return URLDecoder.decode(word.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /**
   * The server that the session or the environment names, if one does.
   *
   * @throws LockstepException if what they name is no address of a server
   */
  static Optional<MlflowServer> of(SparkSession spark) {
    return of(spark, System.getenv());
  }

  /** As {@link #of(SparkSession)}, with other variables. */
  static Optional<MlflowServer> of(SparkSession spark, Map<String, String> environment) {
    String named = spark.conf().get(PROPERTY, environment.getOrDefault(VARIABLE, ""));
    if (named.isBlank()) {
      return Optional.empty();
    }
    try {
      URI uri = new URI(named.strip());
      if (named.matches("https?://.+") && uri.getHost() != null) {
        return Optional.of(new MlflowServer(uri, environment));
      }
    } catch (URISyntaxException e) {
      // Its message would show the password, if there is one.
    }
    throw new LockstepException(
        "the MLflow tracking URI is '%s', which is not the address of a server"
            .formatted(named.replaceFirst(".*@", "***@")),
        "Write it such as http://localhost:5000, in %s or %s; a special character of a password as %%XX"
            .formatted(PROPERTY, VARIABLE));
  }

  /** Where it is, without name and password. */
  String address() {
    return address;
  }

  /** Its REST API. */
  MlflowApi api() {
    return api;
  }

  /** The id of the experiment that runs belong to, which is made if it is not there. */
  String experiment() {
    return api.experiment(experiment).orElseGet(() -> api.createExperiment(experiment));
  }
}
