package dev.lockstep.distributor.collective;

import java.util.List;

/** How ranks find each other before they are connected; Spark's barrier context in production. */
public interface Rendezvous {
  /** This rank, in {@code [0, worldSize)}. */
  int rank();

  /** Number of ranks. */
  int worldSize();

  /** Every rank's text, in the order of the ranks; returns when all have called it. */
  List<String> allGather(String mine);
}
