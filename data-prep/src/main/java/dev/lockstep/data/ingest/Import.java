package dev.lockstep.data.ingest;

import static dev.lockstep.data.Identifiers.quoted;
import static org.apache.spark.sql.functions.approx_count_distinct;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.LockstepException;
import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Makes a Delta table of a file. */
public final class Import {
  private final SparkSession spark;
  private final ImportSpec spec;
  private final List<String> notes = new ArrayList<>();

  /** An import in a Spark session. */
  public Import(SparkSession spark, ImportSpec spec) {
    this.spark = spark;
    this.spec = spec;
  }

  /**
   * Reads, checks and writes, in one commit.
   *
   * @throws LockstepException if the file or an option is wrong; nothing is written then
   */
  public ImportReport run() {
    checkTarget();
    write(isParquet() ? parquet() : new CsvImport(spark, spec, notes).rows());
    long version =
        DeltaTable.forPath(spark, spec.table()).history(1).select("version").head().getLong(0);
    return report(spark.read().format("delta").load(spec.table()), version);
  }

  private void write(Dataset<Row> rows) {
    rows.write()
        .format("delta")
        .mode("overwrite")
        .option("overwriteSchema", true)
        .save(spec.table());
  }

  private boolean isParquet() {
    Path path = new Path(spec.file());
    try {
      FileSystem files = path.getFileSystem(spark.sessionState().newHadoopConf());
      return spec.file().endsWith(".parquet")
          || files.exists(path) && files.getFileStatus(path).isDirectory();
    } catch (IOException e) {
      throw new LockstepException(
          "cannot reach " + spec.file() + ": " + e.getMessage(), "Check the path", e);
    }
  }

  private void checkTarget() {
    Path path = new Path(spec.table());
    try {
      FileSystem files = path.getFileSystem(spark.sessionState().newHadoopConf());
      boolean used = files.exists(path) && files.listStatus(path).length > 0;
      if (used && !DeltaTable.isDeltaTable(spark, spec.table())) {
        throw new LockstepException(
            spec.table() + " is there already, and is no Delta table", "Choose another --table");
      }
      if (used && !spec.overwrite()) {
        throw new LockstepException(
            "there is a Delta table at " + spec.table() + " already",
            "Add --overwrite for a new version of it (the old ones stay), or choose another");
      }
    } catch (IOException e) {
      throw new LockstepException(
          "cannot reach " + spec.table() + ": " + e.getMessage(), "Choose another --table", e);
    }
  }

  private Dataset<Row> parquet() {
    if (!spec.columns().isEmpty() || !spec.missing().isEmpty() || spec.header() != null) {
      throw new LockstepException(
          "--columns, --missing and --header are for CSV files; %s is Parquet"
              .formatted(spec.file()),
          "Leave them out");
    }
    GivenTypes types = GivenTypes.of(spec);
    Dataset<Row> rows = readParquet();
    List<String> names = ColumnNames.held(List.of(rows.columns()), spec, notes);
    ColumnNames.check(names, spec);
    return cast(rows.toDF(names.toArray(String[]::new)), types);
  }

  private Dataset<Row> readParquet() {
    if (DeltaTable.isDeltaTable(spark, spec.file())) {
      throw new LockstepException(
          spec.file() + " is a Delta table already",
          "Name it as 'table' in an experiment file; it needs no import");
    }
    try {
      return spark.read().parquet(spec.file());
    } catch (Exception e) { // Spark's analysis errors are checked, and named by no signature.
      throw new LockstepException(
          "cannot read " + spec.file() + " as Parquet", "Check the path and the format", e);
    }
  }

  /** Casts to the given types, where all values have them. */
  private Dataset<Row> cast(Dataset<Row> rows, GivenTypes types) {
    if (types.byColumn().isEmpty()) {
      return rows;
    }
    List<Column> questions = new ArrayList<>();
    for (var given : types.byColumn().entrySet()) {
      Column value = col(quoted(given.getKey()));
      Column unfit = value.isNotNull().and(value.try_cast(given.getValue()).isNull());
      questions.add(count_if(unfit));
      questions.add(min(when(unfit, value)).cast("string"));
    }
    Row answers = rows.agg(count(lit(1)), questions.toArray(Column[]::new)).head();
    Dataset<Row> typed = rows;
    int at = 1;
    for (var given : types.byColumn().entrySet()) {
      String name = given.getKey();
      if (answers.getLong(at) > 0) {
        throw GivenTypes.unfit(
            spec, name, given.getValue(), answers.getLong(at), answers.getString(at + 1));
      }
      typed = typed.withColumn(name, col(quoted(name)).cast(given.getValue()));
      at += 2;
    }
    return typed;
  }

  private ImportReport report(Dataset<Row> table, long version) {
    List<Column> questions = new ArrayList<>();
    for (String name : table.columns()) {
      Column value = col(quoted(name));
      questions.add(sum(when(value.isNull(), 1L).otherwise(0L)));
      questions.add(approx_count_distinct(value));
      questions.add(min(value).cast("string"));
      questions.add(max(value).cast("string"));
    }
    Row answers = table.agg(count(lit(1)), questions.toArray(Column[]::new)).head();
    long rows = answers.getLong(0);
    String label = ColumnNames.held(spec.label());
    List<ImportReport.Imported> columns = new ArrayList<>();
    for (int i = 0; i < table.columns().length; i++) {
      int at = 1 + 4 * i;
      String name = table.columns()[i];
      long missing = answers.getLong(at);
      boolean isLabel = name.equals(label);
      if (rows > 0 && missing == rows) {
        notes.add("column '%s' has no value in any row".formatted(name));
      } else if (isLabel && missing > 0) {
        notes.add("%,d rows have no label".formatted(missing));
      }
      columns.add(
          new ImportReport.Imported(
              name,
              table.schema().apply(name).dataType().simpleString(),
              missing,
              answers.getLong(at + 1),
              Optional.ofNullable(answers.getString(at + 2)),
              Optional.ofNullable(answers.getString(at + 3)),
              isLabel ? "label" : "feature"));
    }
    return new ImportReport(spec.table(), version, rows, columns, notes);
  }
}
