package dev.lockstep.data.ingest;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What one reading of CSV files has found out. */
final class CsvTally implements Serializable {
  private final List<ColumnTally> columns;
  private final Misfits misfits = new Misfits();
  private long rows;
  private Failure failure;

  /**
   * Why a file could not be read to its end.
   *
   * @param problem what is wrong, with the file's name
   * @param remedy what the user can do
   */
  record Failure(String problem, String remedy) implements Serializable {}

  CsvTally(int width, Marks marks) {
    columns = IntStream.range(0, width).mapToObj(i -> new ColumnTally(marks)).toList();
  }

  /** Counts a row. */
  void add(String file, CsvRecords.CsvRecord row) {
    rows++;
    List<String> fields = row.fields();
    if (fields.size() != columns.size()) {
      misfits.add(file, row.line(), fields.size());
      return;
    }
    for (int i = 0; i < fields.size(); i++) {
      columns.get(i).add(fields.get(i));
    }
  }

  void fail(String problem, String remedy) {
    failure = failure == null ? new Failure(problem, remedy) : failure;
  }

  /** Adds what was found out of later files. */
  void merge(CsvTally later) {
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).merge(later.columns.get(i));
    }
    misfits.merge(later.misfits);
    rows += later.rows;
    failure = failure == null ? later.failure : failure;
  }

  List<ColumnTally> columns() {
    return columns;
  }

  Misfits misfits() {
    return misfits;
  }

  /** Number of rows, those that do not fit among them. */
  long rows() {
    return rows;
  }

  /** The first failure. */
  Optional<Failure> failure() {
    return Optional.ofNullable(failure);
  }

  /** Whether all rows of all files could be read. */
  boolean isSound() {
    return failure == null && misfits.count() == 0;
  }
}
