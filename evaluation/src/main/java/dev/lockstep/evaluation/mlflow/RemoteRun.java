package dev.lockstep.evaluation.mlflow;

import dev.lockstep.evaluation.mlflow.MlflowApi.Metric;
import dev.lockstep.evaluation.mlflow.MlflowApi.Named;
import dev.lockstep.evaluation.mlflow.MlflowApi.ServerRun;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A run at the server; an outbox makes its calls, so no method waits. */
final class RemoteRun {
  /** Values that wait for a server that is slow; older ones are dropped. */
  private static final int MOST_WAITING = 10_000;

  private final MlflowApi api;
  private final Outbox outbox;
  private final Deque<Metric> waiting = new ArrayDeque<>();
  private long dropped;

  /** Of the outbox's thread alone. */
  private ServerRun run;

  /** A run that the server opens when it is asked to. */
  RemoteRun(MlflowApi api, Outbox outbox, Supplier<ServerRun> open) {
    this.api = api;
    this.outbox = outbox;
    outbox.send(() -> run = open.get());
  }

  /** The run's id; within a call of the same outbox. */
  String id() {
    return run.id();
  }

  /** Makes a call of this run. */
  void call(Consumer<ServerRun> call) {
    outbox.send(() -> call.accept(run));
  }

  /** Adds parameters and tags. */
  void log(List<Named> parameters, List<Named> tags) {
    call(known -> api.logBatch(known.id(), List.of(), parameters, tags));
  }

  /** Adds numbers; what comes while the server is busy goes out together. */
  void log(List<Metric> metrics) {
    boolean first;
    synchronized (waiting) {
      first = waiting.isEmpty();
      waiting.addAll(metrics);
      for (; waiting.size() > MOST_WAITING; dropped++) {
        waiting.removeFirst();
      }
    }
    if (first) {
      outbox.send(this::sendMetrics);
    }
  }

  private void sendMetrics() {
    List<Metric> metrics;
    synchronized (waiting) {
      metrics = List.copyOf(waiting);
      waiting.clear();
    }
    api.logBatch(run.id(), metrics, List.of(), List.of());
  }

  /** Ends the run, even where the server has refused something. */
  void end(String status) {
    long time = System.currentTimeMillis();
    outbox.send(this::sendDropped);
    outbox.sendAnyway(
        () -> {
          if (run != null) {
            api.endRun(run.id(), status, time);
          }
        });
  }

  private void sendDropped() {
    synchronized (waiting) {
      if (dropped == 0) {
        return;
      }
    }
    api.logBatch(
        run.id(),
        List.of(),
        List.of(),
        Entries.tags(Map.of("lockstep.metrics.dropped", String.valueOf(dropped))));
  }
}
