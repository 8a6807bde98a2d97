package dev.lockstep.evaluation.cli;

import dev.lockstep.data.snapshot.DeltaHistory;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code lockstep history}. */
@Command(name = "history", description = "Lists the versions of a Delta table, newest first.")
final class HistoryCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;

  @Parameters(paramLabel = "TABLE", description = "Path or catalog name of a Delta table.")
  private String table;

  @Override
  public Integer call() {
    DeltaHistory history =
        options
            .hadoopAlone()
            .flatMap(hadoop -> DeltaHistory.withoutSpark(table, hadoop))
            .orElseGet(() -> DeltaHistory.of(CommandSession.of(options), table));
    List<CommitLine> lines = history.commits().stream().map(CommitLine::of).toList();
    String text = lines.stream().map(l -> "\n" + l.text()).collect(Collectors.joining());
    options.print(lines, CommitLine.heading() + text);
    return 0;
  }
}
