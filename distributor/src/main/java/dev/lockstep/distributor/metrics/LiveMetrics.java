package dev.lockstep.distributor.metrics;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.MetricsSystem;
import org.apache.spark.metrics.source.Source;

/**
 * A source of Spark's metrics system, for as long as it is open. Spark's public way, a plugin,
 * would need a property before Spark starts and a place in the JVM where plugin and training find
 * each other; a source needs neither.
 */
abstract class LiveMetrics implements Source, AutoCloseable {
  private final String name;
  private final MetricRegistry registry = new MetricRegistry();
  private final MetricsSystem system = SparkEnv.get().metricsSystem();

  LiveMetrics(String name) {
    this.name = name;
  }

  /** Adds a number that is asked for whenever a sink reports. */
  final void gauge(String of, Gauge<? extends Number> value) {
    registry.register(of, value);
  }

  /** Lets Spark's sinks see the gauges. */
  final void open() {
    system.registerSource(this);
  }

  @Override
  public final String sourceName() {
    return name;
  }

  @Override
  public final MetricRegistry metricRegistry() {
    return registry;
  }

  /** Has the sinks report once more, as a short training would otherwise pass them by. */
  @Override
  public final void close() {
    system.report();
    system.removeSource(this);
  }
}
