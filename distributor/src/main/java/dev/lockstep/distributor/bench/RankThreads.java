package dev.lockstep.distributor.bench;

import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.CollectiveOptions;
import dev.lockstep.distributor.collective.Collectives;
import dev.lockstep.distributor.collective.Rendezvous;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Ranks as threads of this JVM. */
public final class RankThreads {
  private RankThreads() {}

  /** Runs the work on every rank; the first failure is thrown. */
  public static void run(
      int worldSize, CollectiveOptions options, RankWork work, Consumer<String> out)
      throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(worldSize);
    CyclicBarrier barrier = new CyclicBarrier(worldSize);
    AtomicReferenceArray<String> messages = new AtomicReferenceArray<>(worldSize);
    List<Future<?>> ranks = new ArrayList<>();
    for (int rank = 0; rank < worldSize; rank++) {
      Rendezvous rendezvous = new InMemory(rank, worldSize, barrier, messages);
      ranks.add(
          threads.submit(
              () -> {
                try (Collective collective = Collectives.join(rendezvous, options)) {
                  work.run(collective, collective.rank() == 0 ? out : line -> {});
                  collective.barrier();
                }
                return null;
              }));
    }
    threads.shutdown();
    for (Future<?> rank : ranks) {
      try {
        rank.get();
      } catch (ExecutionException e) {
        threads.shutdownNow();
        throw new IllegalStateException("a rank failed: " + e.getCause().getMessage(), e);
      }
    }
  }

  private record InMemory(
      int rank, int worldSize, CyclicBarrier barrier, AtomicReferenceArray<String> messages)
      implements Rendezvous {
    @Override
    public List<String> allGather(String mine) {
      messages.set(rank, mine);
      try {
        barrier.await();
        List<String> all = IntStream.range(0, worldSize).mapToObj(messages::get).toList();
        barrier.await();
        return all;
      } catch (InterruptedException | BrokenBarrierException e) {
        throw new IllegalStateException("expected all ranks to meet", e);
      }
    }
  }
}
