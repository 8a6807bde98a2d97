package dev.lockstep.data.ingest;

import dev.lockstep.data.LockstepException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * CSV files of one kind, read by Spark's tasks: a file by one task, from its beginning, as a line
 * break may be a field's and is no place to begin at.
 *
 * @param files their paths
 * @param encoding the name of their encoding; null for a byte order mark's, or else UTF-8
 * @param dialect how they are written
 * @param header the first row of each, where it names the columns; empty if there is none
 * @param hadoop for reaching them
 */
record CsvFiles(
    List<String> files,
    String encoding,
    Dialect dialect,
    List<String> header,
    SerializableConfiguration hadoop)
    implements Serializable {
  private static final int FILES_OF_A_SLOT = 4;

  CsvFiles with(Dialect other) {
    return new CsvFiles(files, encoding, other, header, hadoop);
  }

  /** Reads all files and keeps what the values are like. */
  CsvTally tally(SparkSession spark, int width, Marks marks) {
    CsvTally all = new CsvTally(width, marks);
    distributed(spark)
        .mapPartitions(
            paths -> {
              CsvTally tally = new CsvTally(width, marks);
              paths.forEachRemaining(path -> tally(path, tally));
              return List.of(tally).iterator();
            })
        .collect()
        .forEach(all::merge);
    return all;
  }

  /** The files, in order, for a few of them a task. */
  private JavaRDD<String> distributed(SparkSession spark) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    int most = FILES_OF_A_SLOT * context.defaultParallelism();
    return context.parallelize(files, Math.min(files.size(), most));
  }

  private void tally(String path, CsvTally tally) {
    try (CsvRecords records = open(path)) {
      while (records.hasNext()) {
        tally.add(path, records.next());
      }
    } catch (BadTextException e) {
      tally.fail(path + ": " + e.getMessage(), e.remedy());
    } catch (UncheckedIOException e) {
      fail(path, e.getCause(), tally);
    } catch (IOException e) {
      fail(path, e, tally);
    }
  }

  private static void fail(String path, IOException e, CsvTally tally) {
    LockstepException known = unreadable(path, e);
    tally.fail(known.problem(), known.remedy());
  }

  /** What to say of a file that cannot be read. */
  static LockstepException unreadable(String path, IOException e) {
    return e instanceof BadTextException bad
        ? new LockstepException(path + ": " + bad.getMessage(), bad.remedy(), e)
        : new LockstepException(
            "cannot read %s: %s".formatted(path, e.getMessage()),
            "Check the file and its rights",
            e);
  }

  /** The rows of a file that follow its names. */
  private CsvRecords open(String path) throws IOException {
    Optional<Charset> charset = Optional.ofNullable(encoding).map(Charset::forName);
    CsvRecords records = new CsvRecords(TextFile.open(path, hadoop.value(), charset), dialect);
    try {
      if (!header.isEmpty() && records.hasNext()) {
        CsvRecords.CsvRecord names = records.next();
        if (!header.equals(names.fields())) {
          throw new BadTextException(
              "its first line is not that of the first file, %s".formatted(files.get(0)),
              "Give all files the same column names, in the same order");
        }
      }
      return records;
    } catch (IOException | RuntimeException e) {
      records.close();
      throw e;
    }
  }

  /**
   * The rows, each value as its column is read.
   *
   * @param columns one reading a field
   */
  JavaRDD<Row> rows(SparkSession spark, List<ColumnReading> columns) {
    ColumnReading[] readings = columns.toArray(ColumnReading[]::new);
    return distributed(spark).mapPartitions(paths -> new Rows(paths, readings));
  }

  /** The rows of some files, one after the other. */
  private final class Rows implements Iterator<Row> {
    private final Iterator<String> paths;
    private final ColumnReading[] columns;
    private String path;
    private CsvRecords records;

    Rows(Iterator<String> paths, ColumnReading[] columns) {
      this.paths = paths;
      this.columns = columns;
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> close());
    }

    @Override
    public boolean hasNext() {
      try {
        while (records == null || !records.hasNext()) {
          close();
          if (!paths.hasNext()) {
            return false;
          }
          path = paths.next();
          records = open(path);
        }
        return true;
      } catch (IOException e) {
        throw unreadable(path, e);
      }
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException("no more rows");
      }
      CsvRecords.CsvRecord row = records.next();
      if (row.fields().size() != columns.length) {
        throw new LockstepException(
            "line %,d of %s was changed during the import".formatted(row.line(), path),
            "Import it again");
      }
      Object[] values = new Object[columns.length];
      for (int i = 0; i < columns.length; i++) {
        values[i] = columns[i].read(row.fields().get(i));
      }
      return RowFactory.create(values);
    }

    private void close() {
      try {
        if (records != null) {
          records.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        records = null;
      }
    }
  }
}
