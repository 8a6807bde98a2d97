package dev.lockstep.distributor.collective;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Ranks as threads of the test's JVM. */
public final class RankThreads {
  private RankThreads() {}

  /** What a rank does with its collective. */
  public interface Work<T> {
    T run(Collective collective) throws Exception;
  }

  /** Runs the work on every rank and returns the results in order; the first failure is thrown. */
  public static <T> List<T> run(
      int worldSize, Function<Integer, CollectiveOptions> options, Work<T> work) throws Exception {
    List<Future<T>> futures = start(worldSize, options, work);
    List<T> results = new ArrayList<>();
    for (Future<T> future : futures) {
      try {
        results.add(future.get(60, TimeUnit.SECONDS));
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Exception cause) {
          throw cause;
        }
        throw e;
      } catch (TimeoutException e) {
        futures.forEach(f -> f.cancel(true));
        throw e;
      }
    }
    return results;
  }

  /** Starts the work on every rank. */
  public static <T> List<Future<T>> start(
      int worldSize, Function<Integer, CollectiveOptions> options, Work<T> work) {
    ExecutorService threads = Executors.newFixedThreadPool(worldSize);
    CyclicBarrier barrier = new CyclicBarrier(worldSize);
    AtomicReferenceArray<String> messages = new AtomicReferenceArray<>(worldSize);
    List<Future<T>> futures = new ArrayList<>();
    for (int rank = 0; rank < worldSize; rank++) {
      Rendezvous rendezvous = new InMemory(rank, worldSize, barrier, messages);
      CollectiveOptions own = options.apply(rank);
      Callable<T> call =
          () -> {
            try (Collective collective = Collectives.join(rendezvous, own)) {
              T result = work.run(collective);
              collective.barrier();
              return result;
            }
          };
      futures.add(threads.submit(call));
    }
    threads.shutdown();
    return futures;
  }

  private record InMemory(
      int rank, int worldSize, CyclicBarrier barrier, AtomicReferenceArray<String> messages)
      implements Rendezvous {
    @Override
    public List<String> allGather(String mine) {
      messages.set(rank, mine);
      try {
        barrier.await(30, TimeUnit.SECONDS);
        return IntStream.range(0, worldSize).mapToObj(messages::get).toList();
      } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
        throw new IllegalStateException("expected all ranks to meet", e);
      }
    }
  }
}
