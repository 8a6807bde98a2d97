package dev.lockstep.evaluation.ledger;

import dev.lockstep.data.LockstepException;
import dev.lockstep.evaluation.ledger.MlflowApi.Metric;
import dev.lockstep.evaluation.ledger.MlflowApi.Named;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;

/** An MLflow tracking server that is told of runs too; the ledger stays what counts. */
final class MlflowServer {
  /** The Spark property that names a server; else the variable {@code MLFLOW_TRACKING_URI} does. */
  static final String PROPERTY = "spark.lockstep.mlflow.trackingUri";

  private static final String VARIABLE = "MLFLOW_TRACKING_URI";
  private static final String EXPERIMENT_VARIABLE = "MLFLOW_EXPERIMENT_NAME";
  private static final String EXPERIMENT = "lockstep";

  /** The longest values that servers take, in characters. */
  private static final int LONGEST_PARAMETER = 6000;

  private static final int LONGEST_TAG = 4000;

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final String address;
  private final MlflowApi api;

  /**
   * A server.
   *
   * @param uri its address, perhaps with a user's name and password
   */
  private MlflowServer(URI uri) {
    Optional<String> user = Optional.ofNullable(uri.getRawUserInfo());
    String bare =
        user.map(u -> uri.toString().replaceFirst(Pattern.quote(u + "@"), ""))
            .orElseGet(uri::toString);
    this.address = bare.replaceFirst("/+$", "");
    this.api = new MlflowApi(address, user.map(MlflowServer::basic), TIMEOUT);
  }

  private static String basic(String user) {
    String[] named = user.split(":", 2);
    String credentials = decoded(named[0]) + ":" + (named.length < 2 ? "" : decoded(named[1]));
    return "Basic "
        + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
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
    String named =
        spark.conf().get(PROPERTY, Optional.ofNullable(System.getenv(VARIABLE)).orElse(""));
    if (named.isBlank()) {
      return Optional.empty();
    }
    try {
      URI uri = new URI(named.strip());
      if (named.matches("https?://.+") && uri.getHost() != null) {
        return Optional.of(new MlflowServer(uri));
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

  /**
   * Tells it of a run: inputs as parameters and tags, results as metrics.
   *
   * @throws LockstepException if the server cannot be reached or refuses
   */
  void log(RunRecord run) {
    long end = Instant.parse(run.time()).toEpochMilli();
    String name = Optional.ofNullable(System.getenv(EXPERIMENT_VARIABLE)).orElse(EXPERIMENT);
    String experiment = api.experiment(name).orElseGet(() -> api.createExperiment(name));
    String id = api.createRun(experiment, run.runId(), end);
    api.logBatch(id, metrics(run, end), parameters(run), tags(run));
    boolean finished = run.status() == RunRecord.Status.finished;
    api.endRun(id, finished ? "FINISHED" : "FAILED", end);
  }

  private static List<Metric> metrics(RunRecord run, long time) {
    List<Metric> metrics = new ArrayList<>();
    run.metrics()
        .forEach(
            (model, values) ->
                values.forEach(
                    (name, value) -> {
                      if (Double.isFinite(value)) {
                        metrics.add(new Metric(model + "/" + name, value, time, 0));
                      }
                    }));
    return metrics;
  }

  private static List<Named> parameters(RunRecord run) {
    return List.of(
        parameter("table", run.data().source().table()),
        parameter("version", run.data().source().version()),
        parameter("task", run.task()),
        parameter("label", run.label()),
        parameter("seeds", run.seeds()),
        parameter("ranks", run.worldSize()),
        parameter("lanes", run.lanes()));
  }

  private static Named parameter(String key, Object value) {
    return new Named(key, cut(String.valueOf(value), LONGEST_PARAMETER));
  }

  private static List<Named> tags(RunRecord run) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("mlflow.source.name", run.command());
    all.put("lockstep.folder", run.folder());
    all.put("lockstep.table.id", String.valueOf(run.data().source().id()));
    all.put("lockstep.code", run.environment().code());
    run.environment().libraries().forEach((name, v) -> all.put("lockstep.library." + name, v));
    run.weightsSha256().forEach((name, sha256) -> all.put("lockstep.weights." + name, sha256));
    if (!run.error().isEmpty()) {
      all.put("lockstep.error", run.error());
    }
    return all.entrySet().stream()
        .map(tag -> new Named(tag.getKey(), cut(tag.getValue(), LONGEST_TAG)))
        .toList();
  }

  private static String cut(String value, int length) {
    return value.substring(0, Math.min(value.length(), length));
  }
}
