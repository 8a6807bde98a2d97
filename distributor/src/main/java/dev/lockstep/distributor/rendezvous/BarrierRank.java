package dev.lockstep.distributor.rendezvous;

import dev.lockstep.data.internal.spark.SparkSettings;
import dev.lockstep.distributor.collective.Cause;
import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.Rendezvous;
import dev.lockstep.distributor.internal.spark.DriverConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskKilledException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A rank as Spark's barrier task has it. */
final class BarrierRank implements RankContext, Rendezvous {
  private static final String SYNC_TIMEOUT = "spark.barrier.sync.timeout";
  private static final Logger LOG = LoggerFactory.getLogger(BarrierRank.class);

  private final BarrierTaskContext task;
  private final DriverConnection driver;
  private final int attempt;
  private final int localRank;
  private final int localWorldSize;
  private Collective collective;

  BarrierRank(BarrierTaskContext task, String inbox, int attempt) {
    this.task = task;
    this.attempt = attempt;
    this.driver = new DriverConnection(inbox);
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
    String[] all = (String[]) awaited(new RankMessage.Gathered(rank(), attempt, mine));
    return new ArrayList<>(Arrays.asList(all));
  }

  /** The driver's answer, however long that takes. */
  private Object awaited(RankMessage message) {
    try {
      return driver.ask(message.encode(), SYNC_TIMEOUT, this::checkAlive);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TaskKilledException("interrupted while it waited for the driver");
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
    return SparkSettings.hadoop(SparkEnv.get().conf());
  }

  @Override
  public void report(String message) {
    driver.send(new RankMessage.Report(rank(), attempt(), message).encode());
  }

  @Override
  public boolean ask(String question) {
    RankMessage message = new RankMessage.Question(rank(), attempt(), question);
    return (Boolean) awaited(message);
  }

  @Override
  public void note(String message) {
    LOG.info("rank {}: {}", rank(), message);
    driver.send(new RankMessage.Note(rank(), attempt(), message).encode());
  }

  @Override
  public void warn(String message) {
    LOG.warn("rank {}: {}", rank(), message);
    driver.send(new RankMessage.Warning(rank(), attempt(), message).encode());
  }

  /** Tells the driver of a failure, and returns once it knows. */
  void tell(int failedRank, Cause cause) {
    try {
      driver.ask(new RankMessage.Failed(failedRank, attempt(), cause).encode());
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
