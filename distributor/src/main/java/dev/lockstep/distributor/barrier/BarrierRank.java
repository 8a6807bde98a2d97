package dev.lockstep.distributor.barrier;

import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.Rendezvous;
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
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.rpc.RpcEndpointRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.reflect.ClassTag$;

/** A rank as Spark's barrier task has it. */
final class BarrierRank implements RankContext, Rendezvous {
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
    return new ArrayList<>(Arrays.asList(task.allGather(mine)));
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
