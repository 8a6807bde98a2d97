package dev.lockstep.distributor.bench;

import dev.lockstep.distributor.collective.Collective;
import java.util.function.Consumer;

/** What is measured on every rank. */
public interface RankWork {
  /**
   * Runs on one rank.
   *
   * @param collective connects it with the others
   * @param out takes a line of result; only rank 0's lines are shown
   */
  void run(Collective collective, Consumer<String> out) throws Exception;
}
