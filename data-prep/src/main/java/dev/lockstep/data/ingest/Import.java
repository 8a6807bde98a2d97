package dev.lockstep.data.ingest;

import dev.lockstep.data.AtomicFolder;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.internal.spark.DeltaRelations;
import dev.lockstep.data.profile.TableFacts;
import dev.lockstep.data.progress.PhaseListener;
import dev.lockstep.data.progress.SparkPhase;
import dev.lockstep.data.sql.ColumnValues;
import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/** Makes a Delta table of a file. */
public final class Import {
  /** About so many jobs read the log of a new table and count its values. */
  private static final int VALUE_JOBS = 5;

  private final SparkSession spark;
  private final ImportSpec spec;
  private final PhaseListener listener;
  private final List<String> notes = new ArrayList<>();

  /** Of CSV files, which are read a second time to be written; 0 for others. */
  private long textBytes;

  /** An import in a Spark session, of which nobody hears. */
  public Import(SparkSession spark, ImportSpec spec) {
    this(spark, spec, PhaseListener.NONE);
  }

  /**
   * An import in a Spark session.
   *
   * @param listener hears how far it has come
   */
  public Import(SparkSession spark, ImportSpec spec, PhaseListener listener) {
    this.spark = spark;
    this.spec = spec;
    this.listener = listener;
  }

  /**
   * Reads, checks and writes, in one commit.
   *
   * @throws LockstepException if the file or an option is wrong; nothing is written then
   */
  public ImportReport run() {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    boolean isNew = checkTarget(hadoop);
    try {
      Dataset<Row> rows = rows(hadoop);
      return isNew ? create(rows, hadoop) : write(rows, spec.table());
    } catch (LockstepException e) {
      throw e;
    } catch (Exception e) { // Spark's own errors are checked, and named by no signature.
      throw failed(e);
    }
  }

  /** The name that a column of a file gets in its table. */
  public static String nameInTable(String name) {
    return ColumnNames.held(name);
  }

  private Dataset<Row> rows(Configuration hadoop) {
    if (DeltaTable.isDeltaTable(spark, spec.file())) {
      throw new LockstepException(
          spec.file() + " is a Delta table already",
          "Name it as 'table' in an experiment file; it needs no import");
    }
    SourceFiles source = SourceFiles.of(spec.file(), hadoop);
    if (source.parquet()) {
      return parquet();
    }
    textBytes = source.bytes();
    return SparkPhase.ofBytes(spark, "reading " + spec.file(), textBytes, listener)
        .run(() -> new CsvImport(spark, spec, notes).rows(source));
  }

  /** Whether a new table is made; another one is there otherwise, and gets a new version. */
  private boolean checkTarget(Configuration hadoop) {
    try {
      Path path = new Path(spec.table());
      FileSystem files = path.getFileSystem(hadoop);
      boolean used =
          files.exists(path)
              && (files.getFileStatus(path).isFile() || files.listStatus(path).length > 0);
      if (used && !DeltaTable.isDeltaTable(spark, spec.table())) {
        throw new LockstepException(
            spec.table() + " is there already, and is no Delta table", "Choose another --table");
      }
      if (used && !spec.overwrite()) {
        throw new LockstepException(
            "there is a Delta table at " + spec.table() + " already",
            "If it is made of %s, use it as it is; or add --overwrite for a new version of it (the old ones stay), or choose another --table"
                .formatted(spec.file()));
      }
      return !used;
    } catch (IOException | IllegalArgumentException e) { // A path such as a:b is no path.
      throw new LockstepException(
          "cannot reach " + spec.table() + ": " + e.getMessage(), "Choose another --table", e);
    }
  }

  /** Makes a table beside its place, and puts it there when it is whole. */
  private ImportReport create(Dataset<Row> rows, Configuration hadoop) throws IOException {
    AtomicReference<ImportReport> report = new AtomicReference<>();
    AtomicFolder.create(
        new Path(spec.table()),
        hadoop,
        (files, folder) -> report.set(write(rows, folder.toString())));
    return report.get();
  }

  private ImportReport write(Dataset<Row> rows, String table) {
    SparkPhase.ofBytes(spark, "writing " + spec.table(), textBytes, listener)
        .run(
            () ->
                rows.write()
                    .format("delta")
                    .mode("overwrite")
                    .option("overwriteSchema", true)
                    .save(table));
    Dataset<Row> written = spark.read().format("delta").load(table);
    long version = DeltaRelations.pinned(written).tables().get(0).version();
    return SparkPhase.ofJobs(spark, "counting the values of " + spec.table(), VALUE_JOBS, listener)
        .run(() -> report(written, version));
  }

  /** The failure in Spark's words, without what only its developers can read. */
  private LockstepException failed(Exception e) {
    String words = "";
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof LockstepException known) { // From a task.
        return known;
      }
      boolean isLast = cause.getCause() == null;
      if (cause instanceof SparkThrowable || cause instanceof IOException && isLast) {
        words = words(cause);
      }
    }
    return new LockstepException(
        "cannot import %s: %s".formatted(spec.file(), words.isEmpty() ? words(e) : words),
        "Check the file and the place of the table; --stacktrace shows where it failed",
        e);
  }

  private static String words(Throwable e) {
    return String.valueOf(e.getMessage())
        .lines()
        .findFirst()
        .orElse("")
        .replaceFirst("^\\[[A-Z0-9_.]+\\] ", "")
        .replaceFirst("\\.? *SQLSTATE: \\w+ *$", "")
        .strip();
  }

  private Dataset<Row> parquet() {
    if (!spec.columns().isEmpty() || !spec.text().given().isEmpty()) {
      List<String> given = new ArrayList<>(spec.text().given());
      if (!spec.columns().isEmpty()) {
        given.add("--columns");
      }
      throw new LockstepException(
          "%s is for CSV files; %s is Parquet".formatted(String.join(", ", given), spec.file()),
          "Leave it out");
    }
    GivenTypes types = GivenTypes.of(spec);
    Dataset<Row> rows = readParquet();
    List<String> names = ColumnNames.held(List.of(rows.columns()), spec, notes);
    ColumnNames.check(names, spec);
    if (rows.isEmpty()) {
      throw new LockstepException(spec.file() + " has no rows", "Give a file with data");
    }
    return GivenTypes.cast(rows.toDF(names.toArray(String[]::new)), types, spec);
  }

  private Dataset<Row> readParquet() {
    try {
      return spark.read().parquet(spec.file());
    } catch (Exception e) { // Spark's analysis errors are checked, and named by no signature.
      throw failed(e);
    }
  }

  private ImportReport report(Dataset<Row> table, long version) {
    TableFacts facts = TableFacts.of(table);
    String label = ColumnNames.held(spec.label());
    List<ImportReport.Imported> columns = new ArrayList<>();
    List<String> unused = new ArrayList<>();
    for (TableFacts.ColumnFacts column : facts.columns()) {
      String name = column.name();
      DataType type = column.type();
      boolean isLabel = name.equals(label);
      boolean isUsed = isLabel || ColumnValues.isNumber(type) || ColumnValues.isCategory(type);
      if (!isUsed) {
        unused.add("%s (%s)".formatted(name, Excerpt.of(type.simpleString())));
      }
      if (column.missing() == facts.rows()) {
        notes.add("column '%s' has no value in any row".formatted(name));
      } else if (isLabel && column.missing() > 0) {
        notes.add("%,d rows have no label".formatted(column.missing()));
      }
      columns.add(
          new ImportReport.Imported(
              name,
              type.simpleString(),
              column.missing(),
              column.distinct(),
              column.least(),
              column.greatest(),
              isLabel ? "label" : isUsed ? "feature" : "unused"));
    }
    List<String> zoneless =
        Arrays.stream(table.schema().fields())
            .filter(field -> field.dataType().equals(DataTypes.TimestampNTZType))
            .map(StructField::name)
            .toList();
    if (!zoneless.isEmpty()) {
      notes.add("times without a zone, which training reads as UTC: " + Excerpt.list(zoneless));
    }
    if (!unused.isEmpty()) {
      notes.add(
          "columns of types that cannot be features: "
              + String.join(", ", unused)
              + "; training leaves them out");
    }
    return new ImportReport(spec.table(), version, facts.rows(), columns, notes);
  }
}
