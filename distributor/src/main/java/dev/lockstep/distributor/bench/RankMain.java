package dev.lockstep.distributor.bench;

import dev.lockstep.data.Json;
import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.CollectiveOptions;
import dev.lockstep.distributor.collective.Collectives;
import dev.lockstep.distributor.collective.Rendezvous;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One rank in a process of its own; {@link RankProcesses} starts it. */
public final class RankMain {
  private RankMain() {}

  /**
   * Runs a rank.
   *
   * @param arguments rank, world size, its address, name of the work, the work as JSON
   */
  public static void main(String[] arguments) throws Exception {
    Pipe pipe = new Pipe(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
    RankWork work =
        switch (arguments[3]) {
          case AllReduceBenchmark.NAME -> Json.read(arguments[4], AllReduceBenchmark.class);
          case StepBenchmark.NAME -> Json.read(arguments[4], StepBenchmark.class);
          default -> throw new IllegalStateException("expected a known work, got " + arguments[3]);
        };
    CollectiveOptions options =
        CollectiveOptions.loopback().at(arguments[2]).withSharedMemory(false);
    try (Collective collective = Collectives.join(pipe, options)) {
      work.run(collective, line -> System.out.println(RankProcesses.RESULT + line));
      collective.barrier();
    }
  }

  /** Meets the other ranks by way of the parent process. */
  private record Pipe(int rank, int worldSize, BufferedReader in) implements Rendezvous {
    Pipe(int rank, int worldSize) {
      this(
          rank,
          worldSize,
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
    }

    @Override
    public List<String> allGather(String mine) {
      System.out.println(RankProcesses.GATHER + mine);
      System.out.flush();
      try {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < worldSize; i++) {
          all.add(in.readLine());
        }
        return all;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
