package dev.lockstep.evaluation.ledger;

import dev.lockstep.data.LockstepException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;
import org.mlflow.api.proto.Service.CreateRun;
import org.mlflow.api.proto.Service.Experiment;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.creds.BasicMlflowHostCreds;

/** An MLflow tracking server that is told of runs too; the ledger stays what counts. */
final class MlflowServer {
  /** The Spark property that names a server; else the variable {@code MLFLOW_TRACKING_URI} does. */
  static final String PROPERTY = "spark.lockstep.mlflow.trackingUri";

  private static final String VARIABLE = "MLFLOW_TRACKING_URI";
  private static final String EXPERIMENT_VARIABLE = "MLFLOW_EXPERIMENT_NAME";
  private static final String EXPERIMENT = "lockstep";

  /** The longest value of a tag that servers take. */
  private static final int TAG = 4000;

  private final String address;
  private final Optional<BasicMlflowHostCreds> credentials;

  /**
   * A server.
   *
   * @param uri its address, perhaps with a user's name and password
   */
  private MlflowServer(URI uri) {
    String user = uri.getRawUserInfo();
    this.address =
        user == null ? uri.toString() : uri.toString().replaceFirst(Pattern.quote(user + "@"), "");
    if (user == null) {
      this.credentials = Optional.empty();
    } else {
      String[] named = user.split(":", 2);
      String password = named.length < 2 ? "" : named[1];
      this.credentials =
          Optional.of(new BasicMlflowHostCreds(address, decoded(named[0]), decoded(password)));
    }
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
        "the MLflow tracking URI is '%s', which is no address of a server"
            .formatted(named.replaceFirst(".*@", "***@")),
        "Write it such as http://localhost:5000, in %s or %s; a special character of a password as %%XX"
            .formatted(PROPERTY, VARIABLE));
  }

  /** Where it is, without name and password. */
  String address() {
    return address;
  }

  /** Tells it of a run: inputs as parameters and tags, results as metrics. */
  void log(RunRecord run) {
    long end = Instant.parse(run.time()).toEpochMilli();
    try (MlflowClient client =
        credentials.map(MlflowClient::new).orElseGet(() -> new MlflowClient(address))) {
      String id =
          client
              .createRun(
                  CreateRun.newBuilder()
                      .setExperimentId(experiment(client))
                      .setRunName(run.runId())
                      .setStartTime(end)
                      .build())
              .getRunId();
      client.logBatch(id, metrics(run, end), parameters(run), tags(run));
      boolean finished = run.status() == RunRecord.Status.finished;
      client.setTerminated(id, finished ? RunStatus.FINISHED : RunStatus.FAILED, end);
    }
  }

  private static String experiment(MlflowClient client) {
    String name = Optional.ofNullable(System.getenv(EXPERIMENT_VARIABLE)).orElse(EXPERIMENT);
    return client
        .getExperimentByName(name)
        .map(Experiment::getExperimentId)
        .orElseGet(() -> client.createExperiment(name));
  }

  private static List<Metric> metrics(RunRecord run, long time) {
    List<Metric> metrics = new ArrayList<>();
    run.metrics()
        .forEach(
            (model, values) ->
                values.forEach(
                    (name, value) -> {
                      if (Double.isFinite(value)) {
                        metrics.add(
                            Metric.newBuilder()
                                .setKey(model + "/" + name)
                                .setValue(value)
                                .setTimestamp(time)
                                .setStep(0)
                                .build());
                      }
                    }));
    return metrics;
  }

  private static List<Param> parameters(RunRecord run) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("table", run.data().source().table());
    all.put("version", run.data().source().version());
    all.put("task", run.task());
    all.put("label", run.label());
    all.put("seeds", run.seeds());
    all.put("ranks", run.worldSize());
    all.put("lanes", run.lanes());
    return all.entrySet().stream()
        .map(e -> Param.newBuilder().setKey(e.getKey()).setValue("" + e.getValue()).build())
        .toList();
  }

  private static List<RunTag> tags(RunRecord run) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("mlflow.source.name", run.command());
    all.put("lockstep.folder", run.folder());
    all.put("lockstep.table.id", String.valueOf(run.data().source().id()));
    all.put("lockstep.code", run.environment().code());
    run.environment().libraries().forEach((name, v) -> all.put("lockstep.library." + name, v));
    run.weightsSha256().forEach((name, sha256) -> all.put("lockstep.weights." + name, sha256));
    if (!run.error().isEmpty()) {
      all.put("lockstep.error", run.error().substring(0, Math.min(run.error().length(), TAG)));
    }
    return all.entrySet().stream()
        .map(e -> RunTag.newBuilder().setKey(e.getKey()).setValue(e.getValue()).build())
        .toList();
  }
}
