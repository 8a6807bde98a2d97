package dev.lockstep.distributor.rendezvous;

import dev.lockstep.distributor.collective.Collective;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** A rank's place in the job, and what it needs of its surroundings. */
public interface RankContext {
  /** This rank, in {@code [0, worldSize)}. */
  int rank();

  /** Number of ranks. */
  int worldSize();

  /** Which of the ranks of this JVM this one is, from 0 on. */
  int localRank();

  /** Number of ranks in this JVM. */
  int localWorldSize();

  /** Which attempt this is, from 0 on. */
  int attempt();

  /** All-reduce and the other collectives. */
  Collective collective();

  /** Every rank's string, in the order of the ranks; goes by way of the driver, so not for data. */
  List<String> allGather(String mine);

  /** A directory on this machine's disk, removed by Spark at the latest. */
  Path localDirectory();

  /** How to reach the cluster's file systems. */
  Configuration hadoop();

  /** Shows the driver, live, what this rank is doing; never blocks, may be lost. */
  void report(String message);

  /** Asks the driver a yes-or-no question and waits for the answer: {@link JobListener#answer}. */
  boolean ask(String question);

  /** Tells the driver, and whoever reads its log, what a person should know of this rank. */
  void note(String message);

  /** Tells the driver, and whoever reads its log, of something that does not end this rank. */
  void warn(String message);

  /** Throws if Spark wants this task to end. */
  void checkAlive();
}
