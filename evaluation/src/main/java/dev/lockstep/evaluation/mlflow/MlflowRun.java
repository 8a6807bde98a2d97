package dev.lockstep.evaluation.mlflow;

import dev.lockstep.data.Json;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.experiment.RunInputs;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.evaluation.comparison.Fit;
import dev.lockstep.evaluation.mlflow.MlflowApi.Metric;
import dev.lockstep.evaluation.mlflow.MlflowApi.Named;
import dev.lockstep.evaluation.mlflow.MlflowApi.ServerRun;
import dev.lockstep.evaluation.provenance.Provenance;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * One run of Lockstep at the server, with a nested run for each fit. It is ended by whoever comes
 * first: the run itself, or the end of this JVM.
 */
final class MlflowRun {
  private static final String KEPT = "mlflow.json";
  private static final String MODEL = "model";
  private static final Duration LAST_CALLS = Duration.ofMinutes(10);
  private static final Duration LAST_CALLS_OF_JVM = Duration.ofSeconds(5);

  private final MlflowServer server;
  private final MlflowApi api;
  private final Consumer<String> warned;
  private final RunFolder folder;
  private final Configuration hadoop;
  private final PreparedData data;
  private final StructType schema;
  private final Map<String, String> origin;
  private final Outbox outbox;
  private final RemoteRun run;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Thread atExit = new Thread(() -> end("KILLED", LAST_CALLS_OF_JVM), "mlflow-end");
  private volatile Nested nested;
  private volatile boolean fitting;

  /** Of the outbox's thread alone. */
  private String experiment;

  private boolean reopened;

  /**
   * The nested run of the last fit that has begun.
   *
   * @param parameters names of those that it has
   */
  private record Nested(RemoteRun run, Set<String> parameters) {}

  /**
   * Which run a folder has at the server.
   *
   * @param address the server's
   * @param runId the server's id of the run
   */
  private record Kept(String address, String runId) {}

  /** Opens a run, or the one again that the folder's run has at the server. */
  MlflowRun(
      MlflowServer server,
      SparkSession spark,
      Consumer<String> warned,
      RunFolder folder,
      PreparedData data,
      Provenance provenance,
      String command) {
    this.server = server;
    this.api = server.api();
    this.warned = warned;
    this.folder = folder;
    this.hadoop = spark.sessionState().newHadoopConf();
    this.data = data;
    this.schema = data.snapshot().read(spark).schema();
    this.origin = origin(spark.sparkContext().sparkUser(), command, provenance);
    Optional<StructType> testSchema = data.testSnapshot().map(test -> test.read(spark).schema());
    // From here on the server hears of it: what can fail without it has been done.
    this.outbox = new Outbox(this::silenced);
    long now = System.currentTimeMillis();
    this.run = new RemoteRun(api, outbox, () -> open(now));
    Runtime.getRuntime().addShutdownHook(atExit);
    describe(provenance);
    input(data.snapshot(), schema, "training");
    data.testSnapshot().ifPresent(test -> input(test, testSchema.orElseThrow(), "testing"));
  }

  private static Map<String, String> origin(String user, String command, Provenance provenance) {
    String code = provenance.environment().code().replaceFirst(",.*", "");
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("mlflow.user", user);
    tags.put("mlflow.source.name", command);
    tags.put("mlflow.source.type", "LOCAL");
    tags.put("mlflow.source.git.commit", code.matches("[0-9a-f]{40,64}") ? code : "");
    return tags;
  }

  private void silenced(RuntimeException cause) {
    warned.accept(
        "MLflow at %s hears no more of run %s: %s"
            .formatted(server.address(), folder.runId(), cause.getMessage()));
  }

  private ServerRun open(long startTime) {
    experiment = server.experiment();
    Optional<String> before =
        folder
            .read(KEPT, hadoop)
            .map(json -> Json.read(json, Kept.class))
            .filter(kept -> kept.address().equals(server.address()))
            .map(Kept::runId);
    reopened = before.isPresent();
    if (reopened) {
      return api.reopenRun(before.get());
    }
    ServerRun opened =
        api.createRun(experiment, folder.runId(), startTime, tags(folder.runId(), Map.of()));
    folder.write(KEPT, Json.line(new Kept(server.address(), opened.id())), hadoop);
    return opened;
  }

  private List<Named> tags(String name, Map<String, String> more) {
    Map<String, String> tags = new LinkedHashMap<>(origin);
    tags.put("mlflow.runName", name);
    tags.put("lockstep.run", folder.runId());
    tags.put("lockstep.folder", folder.shown());
    tags.putAll(more);
    return Entries.tags(tags);
  }

  /** A run that is open again has its parameters: MLflow lets none be changed. */
  private void describe(Provenance provenance) {
    Map<String, String> settings = new LinkedHashMap<>();
    RunInputs.read(folder, hadoop).ifPresent(inputs -> settings.putAll(inputs.settings()));
    settings.put("version", String.valueOf(provenance.data().source().version()));
    data.splits().forEach((split, rows) -> settings.put("rows." + split, String.valueOf(rows)));
    List<Named> parameters = Entries.settings(settings, new HashSet<>());
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("lockstep.table.id", provenance.data().source().id());
    facts.put("lockstep.features", provenance.data().featureModelHash());
    facts.put("lockstep.code", provenance.environment().code());
    facts.put("lockstep.cpu", provenance.environment().cpu());
    facts.put("lockstep.master", provenance.environment().master());
    provenance
        .environment()
        .libraries()
        .forEach((name, version) -> facts.put("lockstep.library." + name, version));
    run.call(
        known ->
            api.logBatch(
                known.id(), List.of(), reopened ? List.of() : parameters, Entries.tags(facts)));
  }

  private void input(Snapshot snapshot, StructType columns, String context) {
    run.call(known -> api.logInput(known.id(), DeltaInput.of(snapshot, columns), context));
  }

  void fitting(Fit fit) {
    long now = System.currentTimeMillis();
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("model", fit.model());
    said.put("seed", fit.seed());
    fit.trial().ifPresent(number -> said.put("trial", number));
    said.putAll(fit.options());
    Set<String> names = new HashSet<>();
    List<Named> parameters = Entries.parameters(said, names);
    RemoteRun child =
        new RemoteRun(
            api,
            outbox,
            () ->
                api.createRun(
                    experiment,
                    fit.path(),
                    now,
                    tags(fit.path(), Map.of("mlflow.parentRunId", run.id()))));
    child.log(parameters, List.of());
    nested = new Nested(child, names);
    fitting = true;
  }

  /** From whichever thread. */
  void epochEnded(EpochReport epoch) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("epoch", (double) epoch.epoch());
    values.put("loss", epoch.trainLoss());
    values.put("validation_loss", epoch.validationLoss());
    values.put("validation_metric", epoch.validationMetric());
    values.put("learning_rate", epoch.learningRate());
    values.put("rows_per_second", epoch.rowsPerSecond());
    values.put("data_share", epoch.dataShare());
    values.put("communication_share", epoch.communicationShare());
    nested.run().log(metrics(values, System.currentTimeMillis(), epoch.step()));
  }

  void fitted(Fit.Result result) {
    Nested done = nested;
    done.run().log(Entries.parameters(result.settings(), done.parameters()), List.of());
    done.run().log(metrics(result.metrics(), System.currentTimeMillis(), 0));
    fitting = false;
    done.run().end("FINISHED");
  }

  void fitFailed(String cause) {
    nested.run().log(List.of(), Entries.tags(Map.of("lockstep.error", cause)));
    fitting = false;
    nested.run().end("FAILED");
  }

  private static List<Metric> metrics(Map<String, Double> values, long time, long step) {
    List<Metric> metrics = new ArrayList<>();
    values.forEach(
        (name, value) -> {
          if (Double.isFinite(value)) {
            String[] parts = name.split("/", 2);
            String key = Entries.key(parts[0]);
            metrics.add(
                new Metric(
                    parts.length == 1 ? key : key + "/" + Entries.key(parts[1]),
                    value,
                    time,
                    step));
          }
        });
    return metrics;
  }

  /**
   * Ends a run that has a result.
   *
   * @param metrics by name, with the model's before a slash
   * @param registered the name in the registry under which its model is to be found; empty for none
   */
  void finished(
      Map<String, Double> metrics,
      Map<String, String> tags,
      ChosenFiles chosen,
      Optional<String> registered) {
    run.log(metrics(metrics, System.currentTimeMillis(), 0));
    run.log(List.of(), Entries.tags(tags));
    run.call(known -> keep(known, chosen, registered));
    finished();
  }

  /** Ends a run whose result cannot be told. */
  void finished() {
    end("FINISHED", LAST_CALLS);
  }

  void failed(String error) {
    run.log(List.of(), Entries.tags(Map.of("lockstep.error", error)));
    end("FAILED", LAST_CALLS);
  }

  void cutOff() {
    end("KILLED", LAST_CALLS);
  }

  /**
   * A place that files cannot be brought to costs a warning; there is then no model to register.
   */
  private void keep(ServerRun known, ChosenFiles chosen, Optional<String> registered) {
    Map<String, Object> flavor = new LinkedHashMap<>();
    flavor.put("model", chosen.model());
    flavor.put("task", data.features().label().task().name().toLowerCase(Locale.ROOT));
    flavor.put("label", data.features().source().label());
    flavor.put("run", folder.runId());
    ModelDescription description =
        new ModelDescription(
            MODEL, known.id(), flavor, DeltaInput.signature(data.features(), schema));
    try {
      Artifacts artifacts = new Artifacts(api, hadoop, known.artifacts());
      artifacts.putFolder("", new Path(folder.path()), false);
      for (var part : chosen.folders().entrySet()) {
        artifacts.putFolder(MODEL + "/" + part.getKey(), new Path(part.getValue()), true);
      }
      artifacts.put(MODEL + "/" + ModelDescription.FILE, description.yaml());
    } catch (IOException e) {
      warned.accept(
          "MLflow keeps files of run %s at %s, where they cannot be brought to from here (%s); they stay in %s%s"
              .formatted(
                  folder.runId(),
                  known.artifacts(),
                  String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                  folder.shown(),
                  registered.isPresent() ? ", and no model is registered" : ""));
      return;
    }
    api.logModel(known.id(), description.json());
    registered.ifPresent(name -> register(known, name, chosen));
  }

  private void register(ServerRun known, String name, ChosenFiles chosen) {
    api.ensureRegisteredModel(name);
    api.createModelVersion(
        name,
        known.artifacts().replaceFirst("/+$", "") + "/" + MODEL,
        known.id(),
        "%s: %s".formatted(chosen.model(), chosen.reason()),
        Entries.tags(Map.of("lockstep.run", folder.runId(), "lockstep.model", chosen.model())));
  }

  /** While the JVM ends, it is the end of the JVM that ends this, whatever failed thereby. */
  private void end(String status, Duration limit) {
    if (Thread.currentThread() != atExit && !withdrawn()) {
      return;
    }
    if (ended.compareAndSet(false, true)) {
      if (fitting) {
        nested.run().end(status);
      }
      run.end(status);
      outbox.close(limit);
    }
  }

  private boolean withdrawn() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }
}
