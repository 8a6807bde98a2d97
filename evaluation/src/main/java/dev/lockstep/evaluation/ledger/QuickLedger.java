package dev.lockstep.evaluation.ledger;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.snapshot.KernelTable;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The runs of a ledger without Spark, where they can be read so; each question is answered as
 * {@link Ledger} answers it, or not at all.
 *
 * @param path the ledger's folder
 * @param hadoop configuration of Hadoop's file systems
 */
public record QuickLedger(String path, Map<String, String> hadoop) {
  private static final String RUN_ID = "runId";
  private static final String TIME = "time";

  /** What a run is made of: as the ledger's columns are named. */
  private static final Set<String> COLUMNS =
      Arrays.stream(RunRecord.class.getRecordComponents())
          .map(RecordComponent::getName)
          .collect(Collectors.toUnmodifiableSet());

  /** As Spark writes a time into JSON. */
  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private static final Comparator<Map<String, Object>> OLDEST_FIRST =
      Comparator.<Map<String, Object>, Instant>comparing(
              row -> (Instant) row.get(TIME), Comparator.nullsFirst(Comparator.naturalOrder()))
          .thenComparing(
              row -> (String) row.get(RUN_ID), Comparator.nullsFirst(Comparator.naturalOrder()));

  /**
   * Runs, newest first.
   *
   * @param limit how many at most
   * @return empty if Spark has to read them
   * @throws LockstepException if there is no ledger
   */
  public Optional<List<RunRecord>> runs(int limit) {
    return read(table -> rows(table).stream().limit(limit).map(QuickLedger::run).toList());
  }

  /**
   * One run.
   *
   * @param name as in {@link Ledger#find}
   * @return empty if Spark has to read it
   * @throws LockstepException if there is no ledger, or no such run
   */
  public Optional<RunRecord> find(String name) {
    return read(
        table -> {
          List<Map<String, Object>> rows = rows(table);
          List<String> ids = rows.stream().map(row -> (String) row.get(RUN_ID)).toList();
          return run(rows.get(ids.indexOf(new RunNames(path, ids).find(name))));
        });
  }

  private <T> Optional<T> read(KernelTable.Reading<T> reading) {
    return KernelTable.read(path, hadoop, () -> LedgerPath.nothingAt(path), reading);
  }

  private static List<Map<String, Object>> rows(KernelTable table) throws java.io.IOException {
    return table.rows(COLUMNS).stream().sorted(OLDEST_FIRST.reversed()).toList();
  }

  private static RunRecord run(Map<String, Object> row) {
    Map<String, Object> fields = new LinkedHashMap<>(row);
    fields.computeIfPresent(TIME, (name, time) -> FORM.format((Instant) time));
    return Json.read(Json.line(fields), RunRecord.class);
  }
}
