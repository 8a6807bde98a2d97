package dev.lockstep.data.ingest;

import static org.apache.spark.sql.functions.approx_count_distinct;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Makes a Delta table of a file. */
public final class Import {
  private static final String TORN = "_torn";
  private static final String WHOLE_NUMBER = "^[+-]?[0-9]{1,18}$";
  private static final String NUMBER = "^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?$";

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
    Dataset<Row> rows = spec.isParquet() ? parquet() : csv();
    write(rows);
    long version =
        DeltaTable.forPath(spark, spec.table()).history(1).select("version").head().getLong(0);
    return report(spark.read().format("delta").load(spec.table()), version);
  }

  private void write(Dataset<Row> rows) {
    try {
      rows.write()
          .format("delta")
          .mode("overwrite")
          .option("overwriteSchema", true)
          .save(spec.table());
    } catch (Exception e) { // Spark's errors are checked, and named by no signature.
      if (spec.types().isEmpty()) {
        throw e;
      }
      throw new LockstepException(
          "%s does not fit --types: %s"
              .formatted(
                  spec.file(), String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          "Leave a column out of --types, and its values decide",
          e);
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
    Dataset<Row> rows;
    try {
      rows = spark.read().parquet(spec.file());
    } catch (Exception e) { // Spark's analysis errors are checked, and named by no signature.
      throw new LockstepException(
          "cannot read " + spec.file() + " as Parquet", "Check the path and the format", e);
    }
    checkLabel(List.of(rows.columns()));
    return rows;
  }

  private Dataset<Row> csv() {
    CsvFile file = CsvFile.open(spark, spec.file());
    boolean named = spec.header() == null ? file.looksNamed(spec.marks()) : spec.header();
    if (spec.header() == null) {
      notes.add(
          named
              ? "the first line was taken for column names (--no-header if it is data)"
              : "the first line was taken for data (--header if it has the column names)");
    }
    List<String> names = names(file, named);
    StructType schema = new StructType();
    for (String name : names) {
      schema = schema.add(name, DataTypes.StringType);
    }
    Dataset<Row> raw =
        spark
            .read()
            .schema(schema.add(TORN, DataTypes.StringType))
            .option("header", named)
            .option("mode", "PERMISSIVE")
            .option("columnNameOfCorruptRecord", TORN)
            .option("ignoreLeadingWhiteSpace", true)
            .option("ignoreTrailingWhiteSpace", true)
            .option("enforceSchema", true)
            .csv(spec.file())
            .cache();
    try {
      return typed(raw, names);
    } finally {
      raw.unpersist(false);
    }
  }

  private List<String> names(CsvFile file, boolean named) {
    if (!spec.columns().isEmpty()) {
      if (spec.columns().size() != file.width()) {
        throw new LockstepException(
            "--columns gives %d names, but the first line of %s has %d fields"
                .formatted(spec.columns().size(), spec.file(), file.width()),
            "Give one name a field");
      }
      checkLabel(spec.columns());
      return spec.columns();
    }
    if (named) {
      checkLabel(file.first());
      return file.first();
    }
    List<String> names = new ArrayList<>(file.placeNames());
    if (!names.contains(spec.label())) {
      names.set(names.size() - 1, spec.label());
      notes.add(
          "the file has no column names: the last column was taken for the label '%s', the others are c0 to c%d (--columns names them)"
              .formatted(spec.label(), names.size() - 2));
    }
    return names;
  }

  private void checkLabel(List<String> names) {
    if (!names.contains(spec.label())) {
      throw new LockstepException(
          "--label '%s' is not a column of %s".formatted(spec.label(), spec.file()),
          "Did you mean '%s'? Its columns are %s"
              .formatted(Names.nearest(spec.label(), names), String.join(", ", names)));
    }
    for (String name : spec.types().keySet()) {
      if (!names.contains(name)) {
        throw new LockstepException(
            "--types names '%s', which is not a column of %s".formatted(name, spec.file()),
            "Did you mean '%s'?".formatted(Names.nearest(name, names)));
      }
    }
  }

  /** Marks become null, columns get the narrowest type that all their values have. */
  private Dataset<Row> typed(Dataset<Row> raw, List<String> names) {
    Object[] marks = spec.marks().toArray();
    Column[] cleaned =
        names.stream()
            .map(n -> trim(col(quoted(n))))
            .map(c -> when(c.isin(marks), lit(null)).otherwise(c))
            .toArray(Column[]::new);
    List<Column> questions = new ArrayList<>();
    questions.add(count(col(TORN)));
    questions.add(min(col(TORN)));
    for (Column value : cleaned) {
      questions.add(
          sum(when(value.rlike(WHOLE_NUMBER), 0).otherwise(when(value.isNull(), 0).otherwise(1))));
      questions.add(
          sum(when(value.rlike(NUMBER), 0).otherwise(when(value.isNull(), 0).otherwise(1))));
      questions.add(count(value));
      questions.add(sum(when(value.endsWith("."), 1).otherwise(0)));
    }
    Row answers =
        raw.agg(questions.get(0), questions.subList(1, questions.size()).toArray(Column[]::new))
            .head();
    if (answers.getLong(0) > 0) {
      throw new LockstepException(
          "%d rows of %s do not have %d fields, such as: %s"
              .formatted(
                  answers.getLong(0), spec.file(), names.size(), answers.getString(1).strip()),
          "Mend the file, or quote fields that hold a comma");
    }
    List<Column> typed = new ArrayList<>();
    for (int i = 0; i < cleaned.length; i++) {
      String name = names.get(i);
      int at = 2 + 4 * i;
      long filled = answers.getLong(at + 2);
      Column value = cleaned[i];
      boolean stopped = filled > 0 && answers.getLong(at + 3) == filled;
      if (name.equals(spec.label()) && stopped && answers.getLong(at + 1) > 0) {
        value = value.substr(lit(1), org.apache.spark.sql.functions.length(value).minus(1));
        notes.add("every value of the label ended with a full stop, which was taken off");
      }
      String looks =
          filled == 0 || answers.getLong(at + 1) > 0
              ? "string"
              : answers.getLong(at) > 0 ? "double" : "long";
      typed.add(value.cast(spec.types().getOrDefault(name, looks)).as(name));
    }
    return raw.select(typed.toArray(Column[]::new));
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
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
    List<ImportReport.Imported> columns = new ArrayList<>();
    for (int i = 0; i < table.columns().length; i++) {
      int at = 1 + 4 * i;
      String name = table.columns()[i];
      columns.add(
          new ImportReport.Imported(
              name,
              table.schema().apply(name).dataType().simpleString(),
              answers.getLong(at),
              answers.getLong(at + 1),
              String.valueOf(answers.getString(at + 2)),
              String.valueOf(answers.getString(at + 3)),
              name.equals(spec.label()) ? "label" : "feature"));
    }
    return new ImportReport(spec.table(), version, answers.getLong(0), columns, notes);
  }
}
