package dev.lockstep.distributor.rendezvous;

import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.Rendezvous;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskKilledException;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcTimeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.Await;
import scala.concurrent.Future;
import scala.concurrent.duration.Duration;
import scala.concurrent.duration.FiniteDuration;
import scala.reflect.ClassTag$;

/** A rank as Spark's barrier task has it. */
final class BarrierRank implements RankContext, Rendezvous {
  private static final FiniteDuration PATIENCE = Duration.apply(100, TimeUnit.MILLISECONDS);
  private static final Logger LOG = LoggerFactory.getLogger(BarrierRank.class);

  private final BarrierTaskContext task;
  private final RpcEndpointRef driver;
  private final int attempt;
  private final int localRank;
  private final int localWorldSize;
  private Collective collective;

  BarrierRank(BarrierTaskContext task, String inbox, int attempt) {
    this.task = task;
    this.attempt = attempt;
    this.driver = DriverInbox.find(inbox);
    String executor = SparkEnv.get().executorId();
    List<String> executors = allGather(executor);
    this.localRank = Collections.frequency(executors.subList(0, rank()), executor);
    this.localWorldSize = Collections.frequency(executors, executor);
  }

  void use(Collective joined) {
    collective = joined;
  }

  @Override
  public int rank() {
    return task.partitionId();
  }

  @Override
  public int worldSize() {
    return task.getTaskInfos().length;
  }

  @Override
  public int localRank() {
    return localRank;
  }

  @Override
  public int localWorldSize() {
    return localWorldSize;
  }

  @Override
  public int attempt() {
    return attempt;
  }

  @Override
  public Collective collective() {
    return collective;
  }

  @Override
  public List<String> allGather(String mine) {
    RankMessage message = new RankMessage(rank(), attempt, RankMessage.Kind.GATHERED, mine);
    long limit = SparkEnv.get().conf().getTimeAsSeconds("spark.barrier.sync.timeout", "365d");
    RpcTimeout timeout =
        new RpcTimeout(Duration.apply(limit, TimeUnit.SECONDS), "spark.barrier.sync.timeout");
    Future<Object> all =
        driver.ask(message.encode(), timeout, ClassTag$.MODULE$.apply(Object.class));
    while (!all.isCompleted()) {
      checkAlive();
      await(all);
    }
    // Throws what went wrong, as checked exceptions that no signature names.
    return new ArrayList<>(Arrays.asList((String[]) all.value().get().get()));
  }

  /** Waits a little. */
  private static void await(Future<Object> all) {
    try {
      Await.ready(all, PATIENCE);
    } catch (TimeoutException e) {
      // Looked at again by the caller.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TaskKilledException("interrupted while it waited for the other ranks");
    }
  }

  @Override
  public Path localDirectory() {
    Path root = SparkEnv.get().blockManager().diskBlockManager().localDirs()[0].toPath();
    try {
      return Files.createDirectories(root.resolve("lockstep"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
  }

  @Override
  public void report(String message) {
    driver.send(new RankMessage(rank(), attempt(), RankMessage.Kind.REPORT, message).encode());
  }

  @Override
  public void note(String message) {
    LOG.info("rank {}: {}", rank(), message);
    driver.send(new RankMessage(rank(), attempt(), RankMessage.Kind.NOTE, message).encode());
  }

  @Override
  public void warn(String message) {
    LOG.warn("rank {}: {}", rank(), message);
    driver.send(new RankMessage(rank(), attempt(), RankMessage.Kind.WARNING, message).encode());
  }

  /** Tells the driver of a failure, and returns once it knows. */
  void tell(int failedRank, RankMessage.Kind kind, String text) {
    try {
      driver.askSync(
          new RankMessage(failedRank, attempt(), kind, text).encode(),
          ClassTag$.MODULE$.apply(Object.class));
    } catch (RuntimeException e) {
      LOG.warn("the driver could not be told of rank {}'s failure: {}", failedRank, e.toString());
    }
  }

  /** Where this rank is, for a person who is to look there. */
  String place() {
    return "executor %s on %s"
        .formatted(
            SparkEnv.get().executorId(), SparkEnv.get().blockManager().blockManagerId().host());
  }

  boolean isKilled() {
    return task.isInterrupted();
  }

  @Override
  public void checkAlive() {
    if (task.isInterrupted()) {
      throw new TaskKilledException("rank " + rank() + " was asked to end");
    }
  }
}
