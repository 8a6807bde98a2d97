package dev.lockstep.evaluation.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lockstep.data.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A tracking server that keeps what it hears and holds each call against MLflow's published API:
 * fields and their types from its protobuf files, limits from its {@code utils/validation.py}. What
 * is wrong is answered as MLflow answers it, and is in {@link #violations}.
 */
final class TrackingServer implements AutoCloseable {
  private static final String API = "/api/2.0/mlflow/";
  private static final String FILES = "/api/2.0/mlflow-artifacts/artifacts/";

  private static final Pattern KEY =
      Pattern.compile("[/\\w.\\- ]{1,250}", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern ID = Pattern.compile("[a-zA-Z0-9][\\w-]{0,255}");

  /** Fields of a call, required ones with an exclamation mark: {@code run_id!:id}. */
  private static final Map<String, String> CALLS =
      Map.of(
          "experiments/create", "name!:text artifact_location:text tags:tags",
          "runs/create", "experiment_id!:id user_id:text run_name:text start_time:long tags:tags",
          "runs/update", "run_id!:id status:status end_time:long run_name:text",
          "runs/log-batch", "run_id!:id metrics:metrics params:params tags:tags",
          "runs/log-inputs", "run_id!:id datasets:datasets models:models",
          "runs/log-model", "run_id!:id model_json!:model",
          "registered-models/create", "name!:text tags:tags description:text",
          "model-versions/create",
              "name!:text source!:text run_id:id tags:tags run_link:text description:text model_id:text");

  private static final Map<String, String> PARTS =
      Map.of(
          "tag", "key!:key value!:tag-value",
          "param", "key!:key value!:param-value",
          "metric", "key!:key value!:number timestamp!:long step:long",
          "input", "tags:tags dataset!:dataset",
          "dataset",
              "name!:500 digest!:36 source_type!:text source!:65535 schema:65535 profile:16777215");

  /** A run as the server knows it. */
  static final class Run {
    final String name;
    final Map<String, String> tags = new LinkedHashMap<>();
    final Map<String, String> parameters = new LinkedHashMap<>();
    final List<JsonNode> metrics = new ArrayList<>();
    final List<JsonNode> inputs = new ArrayList<>();
    final List<String> statuses = new ArrayList<>(List.of("RUNNING"));

    Run(String name) {
      this.name = name;
    }

    String status() {
      return statuses.get(statuses.size() - 1);
    }

    List<JsonNode> values(String metric) {
      return metrics.stream().filter(m -> m.get("key").asText().equals(metric)).toList();
    }
  }

  private final HttpServer http;
  private final String artifacts;

  /** The calls, in their order: {@code POST runs/create mlp/seed-1}. */
  final List<String> calls = new CopyOnWriteArrayList<>();

  final List<String> violations = new CopyOnWriteArrayList<>();
  final Map<String, Run> runs = new LinkedHashMap<>();
  final Map<String, byte[]> files = new TreeMap<>();
  final Map<String, JsonNode> versions = new LinkedHashMap<>();
  final Set<String> authorizations = new HashSet<>();
  private final Map<String, String> experiments = new LinkedHashMap<>();

  /** Calls that are answered with an error of the server's. */
  volatile Predicate<String> broken = call -> false;

  /**
   * Starts it.
   *
   * @param artifacts the URI of its runs' files
   */
  TrackingServer(String artifacts) throws IOException {
    this.artifacts = artifacts;
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext("/", this::hear);
    http.start();
  }

  String address() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  @Override
  public void close() {
    http.stop(0);
  }

  /** The run of a name that began last. */
  synchronized Run run(String name) {
    return runs.values().stream()
        .filter(r -> r.name.equals(name))
        .reduce((a, b) -> b)
        .orElseThrow();
  }

  private synchronized void hear(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    String path = exchange.getRequestURI().getPath();
    int status = 200;
    String said;
    try {
      if (path.startsWith(FILES)) {
        String name = path.substring(FILES.length());
        check(exchange.getRequestMethod().equals("PUT"), "an upload is a PUT");
        calls.add("PUT " + name);
        files.put(name, body);
        said = "{}";
      } else {
        check(path.startsWith(API), "unknown path " + path);
        said = answer(exchange, path.substring(API.length()), body);
      }
    } catch (Refused e) {
      status = e.status;
      said = Json.line(Map.of("error_code", e.code, "message", String.valueOf(e.getMessage())));
    }
    byte[] bytes = said.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int status;
    private final String code;

    Refused(int status, String code, String message) {
      super(message);
      this.status = status;
      this.code = code;
    }
  }

  private void check(boolean right, String message) {
    if (!right) {
      violations.add(message);
      throw new Refused(400, "INVALID_PARAMETER_VALUE", message);
    }
  }

  private String answer(HttpExchange exchange, String call, byte[] body) {
    boolean post = exchange.getRequestMethod().equals("POST");
    JsonNode said =
        post
            ? Json.read(new String(body, StandardCharsets.UTF_8), JsonNode.class)
            : query(exchange.getRequestURI().getRawQuery());
    String about = about(call, said);
    calls.add(exchange.getRequestMethod() + " " + call + (about.isEmpty() ? "" : " " + about));
    if (broken.test(call)) {
      throw new Refused(500, "INTERNAL_ERROR", "it broke");
    }
    if (post) {
      check(CALLS.containsKey(call), "unknown call " + call);
      check(body.length <= 1_000_000, call + " is larger than a megabyte");
      fields(call, said, CALLS.get(call));
    }
    return switch (call) {
      case "experiments/get-by-name" -> experiment(said.get("experiment_name").asText());
      case "experiments/create" -> created(said.get("name").asText());
      case "runs/create" -> create(said);
      case "runs/get" -> shown(said.get("run_id").asText());
      case "runs/update" -> update(said);
      case "runs/log-batch" -> log(said);
      case "runs/log-inputs" -> inputs(said);
      case "registered-models/create" -> register(said.get("name").asText());
      case "model-versions/create" -> version(said);
      case "runs/log-model" -> "{}";
      default -> throw new Refused(404, "ENDPOINT_NOT_FOUND", call);
    };
  }

  /** What a call is about, for the list of calls. */
  private String about(String call, JsonNode said) {
    Run run = runs.get(said.path("run_id").asText());
    String name = run == null ? said.path("run_name").asText() : run.name;
    return switch (call) {
      case "runs/update" -> name + " " + said.path("status").asText();
      case "runs/log-batch" ->
          "%s, %d metrics, %d params, %d tags"
              .formatted(
                  name,
                  said.path("metrics").size(),
                  said.path("params").size(),
                  said.path("tags").size());
      case "registered-models/create", "experiments/create" -> said.path("name").asText();
      case "model-versions/create" ->
          said.path("name").asText() + " " + said.path("source").asText();
      default -> name;
    };
  }

  private static JsonNode query(String query) {
    Map<String, String> all = new LinkedHashMap<>();
    for (String part : query.split("&")) {
      String[] both = part.split("=", 2);
      all.put(both[0], URLDecoder.decode(both[1], StandardCharsets.UTF_8));
    }
    return Json.read(Json.line(all), JsonNode.class);
  }

  private void fields(String what, JsonNode said, String known) {
    Map<String, String> types = new LinkedHashMap<>();
    for (String field : known.split(" ")) {
      String[] both = field.split(":", 2);
      String name = both[0].replace("!", "");
      types.put(name, both[1]);
      check(!both[0].endsWith("!") || said.hasNonNull(name), what + " has no " + name);
    }
    for (var field : said.properties()) {
      check(types.containsKey(field.getKey()), what + " has no field " + field.getKey());
      value(what + "." + field.getKey(), field.getValue(), types.get(field.getKey()));
    }
  }

  private void value(String what, JsonNode value, String type) {
    switch (type) {
      case "text" -> text(what, value, Integer.MAX_VALUE);
      case "id" -> check(ID.matcher(text(what, value, 256)).matches(), what + " is no id");
      case "key" -> {
        String key = text(what, value, 250);
        boolean plain = Path.of(key).normalize().toString().equals(key);
        check(KEY.matcher(key).matches() && plain && !key.startsWith("/"), what + " is " + key);
      }
      case "tag-value" -> text(what, value, 5000);
      case "param-value" -> text(what, value, 6000);
      case "long" -> check(value.isIntegralNumber() && value.asLong() >= 0, what + " is no long");
      case "number" -> check(value.isNumber(), what + " is no number");
      case "status" ->
          check(
              Set.of("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED")
                  .contains(value.asText()),
              what + " is " + value);
      case "tags" -> all(what, value, "tag", 100);
      case "params" -> all(what, value, "param", 100);
      case "metrics" -> all(what, value, "metric", 1000);
      case "datasets" -> all(what, value, "input", 1000);
      case "dataset" -> fields(what, value, PARTS.get("dataset"));
      case "model" -> {
        JsonNode model = Json.read(value.asText(), JsonNode.class);
        for (String field : List.of("artifact_path", "flavors", "utc_time_created", "run_id")) {
          check(model.hasNonNull(field), what + " has no " + field);
        }
      }
      default -> text(what, value, Integer.parseInt(type));
    }
  }

  private String text(String what, JsonNode value, int longest) {
    check(value.isTextual() && !value.asText().isEmpty(), what + " is no text: " + value);
    check(value.asText().length() <= longest, what + " is longer than " + longest);
    return value.asText();
  }

  private void all(String what, JsonNode values, String kind, int most) {
    check(values.isArray() && values.size() <= most, what + " has " + values.size());
    Set<String> keys = new HashSet<>();
    for (JsonNode one : values) {
      fields(what, one, PARTS.get(kind));
      boolean named = Set.of("tag", "param").contains(kind);
      check(!named || keys.add(one.get("key").asText()), what + " names one twice: " + one);
    }
  }

  private String experiment(String name) {
    if (!experiments.containsKey(name)) {
      throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", "no experiment " + name);
    }
    return Json.line(
        Map.of("experiment", Map.of("experiment_id", experiments.get(name), "name", name)));
  }

  private String created(String name) {
    experiments.put(name, "e" + (experiments.size() + 1));
    return Json.line(Map.of("experiment_id", experiments.get(name)));
  }

  private String create(JsonNode said) {
    check(experiments.containsValue(said.get("experiment_id").asText()), "unknown experiment");
    String id = "r" + (runs.size() + 1);
    Run run = new Run(said.get("run_name").asText());
    said.path("tags").forEach(t -> run.tags.put(t.get("key").asText(), t.get("value").asText()));
    runs.put(id, run);
    return shown(id);
  }

  private String shown(String id) {
    known(id);
    return Json.line(
        Map.of("run", Map.of("info", Map.of("run_id", id, "artifact_uri", place(id)))));
  }

  String place(String id) {
    return artifacts + "/e1/" + id + "/artifacts";
  }

  private Run known(String id) {
    if (!runs.containsKey(id)) {
      violations.add("no run " + id);
      throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", "no run " + id);
    }
    return runs.get(id);
  }

  private String update(JsonNode said) {
    known(said.get("run_id").asText()).statuses.add(said.get("status").asText());
    return "{}";
  }

  private String log(JsonNode said) {
    Run run = known(said.get("run_id").asText());
    check(
        said.path("metrics").size() + said.path("params").size() + said.path("tags").size() <= 1000,
        "more than 1000 items");
    said.path("metrics").forEach(run.metrics::add);
    said.path("tags").forEach(t -> run.tags.put(t.get("key").asText(), t.get("value").asText()));
    said.path("params")
        .forEach(
            p -> {
              String value = p.get("value").asText();
              String before = run.parameters.put(p.get("key").asText(), value);
              check(before == null || before.equals(value), "changed parameter " + p);
            });
    return "{}";
  }

  private String inputs(JsonNode said) {
    said.path("datasets").forEach(known(said.get("run_id").asText()).inputs::add);
    return "{}";
  }

  private String register(String name) {
    if (versions.containsKey(name)) {
      throw new Refused(400, "RESOURCE_ALREADY_EXISTS", "there is a model " + name);
    }
    versions.put(name, Json.read("{}", JsonNode.class));
    return Json.line(Map.of("registered_model", Map.of("name", name)));
  }

  private String version(JsonNode said) {
    check(versions.containsKey(said.get("name").asText()), "unknown model");
    known(said.get("run_id").asText());
    versions.put(said.get("name").asText(), said);
    return Json.line(Map.of("model_version", Map.of("name", said.get("name"), "version", "1")));
  }
}
