package dev.lockstep.evaluation.cli;

import dev.lockstep.data.Json;
import dev.lockstep.distributor.bench.AllReduceBenchmark;
import dev.lockstep.distributor.bench.RankThreads;
import dev.lockstep.distributor.collective.CollectiveOptions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep bench allreduce}. */
@Command(
    name = "allreduce",
    description = "Times an all-reduce between ranks on this machine, by size.")
final class BenchAllReduceCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;

  @Option(names = "--ranks", defaultValue = "2", description = "Ranks. Default: ${DEFAULT-VALUE}.")
  private int ranks;

  @Option(
      names = "--transport",
      defaultValue = "tcp",
      description =
          "tcp: a JVM a rank, over loopback; shared: threads of one JVM, over shared memory."
              + " Default: ${DEFAULT-VALUE}.")
  private Transport transport;

  @Option(
      names = "--kib",
      split = ",",
      defaultValue = "4,64,256,1024,4096,16384,65536",
      description = "Sizes in KiB. Default: ${DEFAULT-VALUE}.")
  private List<Integer> kib;

  @Mixin private ProcessFlags processFlags;

  /** How ranks reach each other. */
  enum Transport {
    tcp,
    shared
  }

  @Override
  public Integer call() throws Exception {
    AllReduceBenchmark work = new AllReduceBenchmark(kib, transport.name());
    Consumer<String> out = Lines.to(options);
    if (transport == Transport.shared) {
      RankThreads.run(ranks, CollectiveOptions.loopback(), work, out);
    } else {
      processFlags.processes(ranks).run(List.of("allreduce", Json.line(work)), out);
    }
    return 0;
  }
}
