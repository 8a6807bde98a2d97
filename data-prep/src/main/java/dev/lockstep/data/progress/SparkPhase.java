package dev.lockstep.data.progress;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.apache.spark.executor.InputMetrics;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.StageInfo;
import org.apache.spark.sql.SparkSession;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A phase whose work Spark does: how far it has come is what Spark tells of the jobs that the
 * working thread starts, those of tasks that still run included.
 */
public final class SparkPhase {
  /** Names the phase that a job is of; jobs and threads inherit it from the thread. */
  private static final String PROPERTY = "lockstep.phase";

  /** Jobs are counted in such parts, so that a job's tasks count. */
  private static final long PARTS = 1000;

  /** What of a job's work is counted. */
  private enum Measure {
    ROWS("internal.metrics.input.recordsRead") {
      @Override
      long of(InputMetrics metrics) {
        return metrics.recordsRead();
      }
    },
    BYTES("internal.metrics.input.bytesRead") {
      @Override
      long of(InputMetrics metrics) {
        return metrics.bytesRead();
      }
    },
    JOBS("") {
      @Override
      long of(InputMetrics metrics) {
        return 0;
      }
    };

    private final String accumulator;

    Measure(String accumulator) {
      this.accumulator = accumulator;
    }

    abstract long of(InputMetrics metrics);
  }

  private final SparkContext spark;
  private final String name;
  private final long total;
  private final Measure measure;
  private final PhaseListener listener;

  private SparkPhase(
      SparkSession spark, String name, long total, Measure measure, PhaseListener listener) {
    this.spark = spark.sparkContext();
    this.name = name;
    this.total = total;
    this.measure = measure;
    this.listener = listener;
  }

  /**
   * A phase that reads rows.
   *
   * @param rows number of rows that are read from storage, each as often as it is read
   */
  public static SparkPhase ofRows(
      SparkSession spark, String name, long rows, PhaseListener listener) {
    return new SparkPhase(spark, name, rows, Measure.ROWS, listener);
  }

  /**
   * A phase that reads files.
   *
   * @param bytes number of bytes that are read, each as often as it is read
   */
  public static SparkPhase ofBytes(
      SparkSession spark, String name, long bytes, PhaseListener listener) {
    return new SparkPhase(spark, name, bytes, Measure.BYTES, listener);
  }

  /**
   * A phase of several jobs that take about as long as each other.
   *
   * @param jobs about how many there are
   */
  public static SparkPhase ofJobs(
      SparkSession spark, String name, int jobs, PhaseListener listener) {
    return new SparkPhase(spark, name, jobs * PARTS, Measure.JOBS, listener);
  }

  /** Does the work, in this thread and those that it starts. */
  public <T> T run(Supplier<T> work) {
    String id = UUID.randomUUID().toString();
    String around = spark.getLocalProperty(PROPERTY);
    Jobs jobs = new Jobs(id);
    listener.progressed(new Phase(name, "", 0, total));
    spark.addSparkListener(jobs);
    spark.setLocalProperty(PROPERTY, id);
    try {
      T result = work.get();
      jobs.close();
      long all = Math.max(1, total);
      listener.progressed(new Phase(name, "", all, all));
      return result;
    } finally {
      jobs.close();
      spark.setLocalProperty(PROPERTY, around);
      spark.removeSparkListener(jobs);
    }
  }

  /** Does work that has no result, as {@link #run(Supplier)}. */
  public void run(Runnable work) {
    run(
        () -> {
          work.run();
          return null;
        });
  }

  /** A job that runs. */
  private static final class Job {
    private final long tasks;
    private long ended;

    Job(long tasks) {
      this.tasks = Math.max(1, tasks);
    }

    long parts() {
      return Math.min(PARTS, PARTS * ended / tasks);
    }
  }

  /** Hears of jobs; Spark tells of them in a thread of its own, some time after. */
  private final class Jobs extends SparkListener {
    private final String id;
    private final Map<Integer, Job> running = new HashMap<>();
    private final Map<Integer, Job> byStage = new HashMap<>();

    /** What running tasks have read so far. */
    private final Map<Long, Long> reading = new HashMap<>();

    /** What is done of ended jobs or tasks. */
    private long ended;

    private long told;
    private boolean closed;

    Jobs(String id) {
      this.id = id;
    }

    /** Tells nothing from now on. */
    synchronized void close() {
      closed = true;
    }

    @Override
    public synchronized void onJobStart(SparkListenerJobStart start) {
      if (!id.equals(start.properties().getProperty(PROPERTY))) {
        return;
      }
      long tasks = 0;
      for (StageInfo stage : CollectionConverters.asJava(start.stageInfos())) {
        tasks += stage.numTasks();
      }
      Job job = new Job(tasks);
      running.put(start.jobId(), job);
      for (StageInfo stage : CollectionConverters.asJava(start.stageInfos())) {
        byStage.putIfAbsent(stage.stageId(), job);
      }
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
      Job job = byStage.get(end.stageId());
      if (job == null) {
        return;
      }
      reading.remove(end.taskInfo().taskId());
      if (!end.taskInfo().successful()) {
        return;
      }
      job.ended++;
      if (end.taskMetrics() != null) {
        ended += measure.of(end.taskMetrics().inputMetrics());
      }
      tell();
    }

    @Override
    public synchronized void onJobEnd(SparkListenerJobEnd end) {
      if (running.remove(end.jobId()) != null && measure == Measure.JOBS) {
        ended += PARTS;
        tell();
      }
    }

    @Override
    public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
      for (var task : CollectionConverters.asJava(update.accumUpdates())) {
        if (!byStage.containsKey((Integer) task._2())) {
          continue;
        }
        for (AccumulableInfo value : CollectionConverters.asJava(task._4())) {
          if (value.name().contains(measure.accumulator)
              && value.update().isDefined()
              && value.update().get() instanceof Long read) {
            reading.put((Long) task._1(), read);
          }
        }
      }
      tell();
    }

    /** More than was expected is no end. */
    private void tell() {
      long done = ended + reading.values().stream().mapToLong(Long::longValue).sum();
      if (measure == Measure.JOBS) {
        done += running.values().stream().mapToLong(Job::parts).sum();
      }
      done = total == 0 ? done : Math.min(done, total - 1);
      if (!closed && done > told) {
        told = done;
        listener.progressed(new Phase(name, "", done, total));
      }
    }
  }
}
