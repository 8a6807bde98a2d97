package dev.lockstep.data.command;

import dev.lockstep.data.snapshot.DeltaHistory;
import dev.lockstep.data.snapshot.DeltaHistory.Commit;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code lockstep history}. */
@Command(name = "history", description = "Lists the versions of a Delta table, newest first.")
public final class HistoryCommand implements Callable<Integer> {
  private static final List<String> SHOWN =
      List.of(
          "numOutputRows",
          "numTargetRowsInserted",
          "numTargetRowsUpdated",
          "numTargetRowsDeleted",
          "numUpdatedRows",
          "numDeletedRows");

  @Mixin private CommonOptions options;

  @Parameters(paramLabel = "TABLE", description = "Path or catalog name of a Delta table.")
  private String table;

  @Override
  public Integer call() {
    DeltaHistory history = DeltaHistory.of(options.session(), table);
    StringBuilder text = new StringBuilder();
    List<Map<String, Object>> lines = new ArrayList<>();
    for (Commit commit : history.commits()) {
      Map<String, String> counts = new TreeMap<>(commit.metrics());
      counts.keySet().retainAll(SHOWN);
      counts.values().removeIf("0"::equals);
      text.append(
          "%7d  %s  %-22s  %s%n"
              .formatted(
                  commit.version(),
                  commit.time().truncatedTo(ChronoUnit.SECONDS),
                  commit.operation(),
                  counts.toString().replaceAll("[{}]", "")));
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("version", commit.version());
      line.put("time", commit.time().toString());
      line.put("operation", commit.operation());
      line.put("metrics", new TreeMap<>(commit.metrics()));
      lines.add(line);
    }
    options.print(lines, text.toString().stripTrailing());
    return 0;
  }
}
