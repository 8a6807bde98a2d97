package dev.lockstep.distributor.bench;

import dev.lockstep.data.Json;
import dev.lockstep.distributor.collective.Collective;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Time of an all-reduce by size.
 *
 * @param kib sizes in KiB
 * @param transport {@code tcp} or {@code shared}, to be printed
 */
public record AllReduceBenchmark(List<Integer> kib, String transport) implements RankWork {
  /** The name of this work. */
  public static final String NAME = "allreduce";

  private static final int FLOATS_PER_KIB = 256;
  private static final int SMALL = 1024;
  private static final long WARMUP_NANOS = 500_000_000;

  @Override
  public void run(Collective collective, Consumer<String> out) {
    for (int size : kib) {
      ByteBuffer values =
          ByteBuffer.allocateDirect(size * FLOATS_PER_KIB * Float.BYTES)
              .order(ByteOrder.nativeOrder());
      int rounds = size <= SMALL ? 200 : 20;
      warmUp(collective, values, rounds);
      collective.barrier();
      long from = System.nanoTime();
      for (int i = 0; i < rounds; i++) {
        collective.allReduce(values);
      }
      double seconds = (System.nanoTime() - from) / 1e9 / rounds;
      int world = collective.worldSize();
      double bus = size / 1048576.0 / seconds * 2 * (world - 1) / world;
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("transport", transport);
      line.put("ranks", world);
      line.put("kib", size);
      line.put("ms", Math.round(seconds * 1e7) / 1e4);
      line.put("busGBps", Math.round(bus * 1e3) / 1e3);
      out.accept(Json.line(line));
    }
  }

  /** Until the compiler is done; the ranks agree on when that is. */
  private static void warmUp(Collective collective, ByteBuffer values, int rounds) {
    ByteBuffer more = ByteBuffer.allocateDirect(Float.BYTES).order(ByteOrder.nativeOrder());
    long until = System.nanoTime() + WARMUP_NANOS;
    do {
      for (int i = 0; i < rounds / 4; i++) {
        collective.allReduce(values);
      }
      more.putFloat(0, System.nanoTime() < until ? 1 : 0);
      collective.broadcast(more, 0);
    } while (more.getFloat(0) != 0);
  }
}
