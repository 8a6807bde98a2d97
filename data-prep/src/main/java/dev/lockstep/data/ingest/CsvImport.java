package dev.lockstep.data.ingest;

import static dev.lockstep.data.Identifiers.quoted;
import static org.apache.spark.sql.functions.btrim;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.LockstepException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A CSV file as rows of named, typed columns. */
final class CsvImport {
  private static final String TORN = "_torn";
  private static final int TORN_KEPT = 1000;
  private static final String BLANKS = " \t\u00a0";

  private final SparkSession spark;
  private final ImportSpec spec;
  private final List<String> notes;

  /**
   * An import.
   *
   * @param notes gets what is decided on the user's behalf
   */
  CsvImport(SparkSession spark, ImportSpec spec, List<String> notes) {
    this.spark = spark;
    this.spec = spec;
    this.notes = notes;
  }

  /**
   * Looks through the whole file once, and says how to read it.
   *
   * @throws LockstepException if the file or an option is wrong
   */
  Dataset<Row> rows() {
    GivenTypes types = GivenTypes.of(spec);
    CsvFile file = CsvFile.open(spark, spec.file());
    boolean named = isNamed(file);
    List<String> names = names(file, named);
    ColumnNames.check(names, spec);
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
            .option("escape", "\"") // a quote within quotes is doubled, as RFC 4180 has it
            .csv(spec.file());
    return typed(raw, names, types);
  }

  private boolean isNamed(CsvFile file) {
    if (spec.header() != null) {
      return spec.header();
    }
    boolean label = file.first().contains(spec.label());
    boolean named = label || file.looksNamed(spec.marks());
    notes.add(
        label
            ? "the first line was taken for column names, as the label is among them (--no-header if it is data)"
            : named
                ? "the first line was taken for column names, as it has no numbers (--no-header if it is data)"
                : "the first line was taken for data (--header if it has the column names)");
    return named;
  }

  private List<String> names(CsvFile file, boolean named) {
    if (!spec.columns().isEmpty()) {
      if (spec.columns().size() != file.width()) {
        throw new LockstepException(
            "--columns gives %d names, but the first line of %s has %d fields"
                .formatted(spec.columns().size(), spec.file(), file.width()),
            "Give one name a field");
      }
      return ColumnNames.held(spec.columns(), spec, notes);
    }
    if (named) {
      return ColumnNames.held(file.first(), spec, notes);
    }
    List<String> names = new ArrayList<>(ColumnNames.places(file.width()));
    String label = ColumnNames.held(spec.label());
    if (!names.contains(label)) {
      names.set(names.size() - 1, label);
      notes.add(
          names.size() == 1
              ? "the file has no column names: its one column was taken for the label '"
                  + label
                  + "'"
              : "the file has no column names: the last column was taken for the label '%s', the others are c0 to c%d (--columns names them)"
                  .formatted(label, names.size() - 2));
    }
    return names;
  }

  /** Marks become null, columns get the narrowest type that all their values have. */
  private Dataset<Row> typed(Dataset<Row> raw, List<String> names, GivenTypes types) {
    Object[] marks = spec.marks().toArray();
    List<ColumnScan> scans = new ArrayList<>();
    List<Column> questions = new ArrayList<>();
    for (String name : names) {
      Column text = btrim(col(quoted(name)), lit(BLANKS));
      Column value = when(text.isin(marks), lit(null)).otherwise(text);
      ColumnScan scan = new ColumnScan(name, value, types.of(name));
      scans.add(scan);
      questions.addAll(scan.questions());
    }
    Row row = raw.agg(count(col(TORN)), questions.toArray(Column[]::new)).head();
    if (row.getLong(0) > 0) {
      throw torn(raw, row.getLong(0), names.size());
    }
    List<Column> typed = new ArrayList<>();
    for (int i = 0; i < scans.size(); i++) {
      ColumnScan scan = scans.get(i);
      var answers = ColumnScan.Answers.read(row, 1 + ColumnScan.QUESTIONS * i);
      boolean stopped = scan.name().equals(ColumnNames.held(spec.label())) && answers.allStopped();
      if (stopped) {
        notes.add("every value of the label ended with a full stop, which was taken off");
      }
      if (answers.unfit() > 0) {
        throw GivenTypes.unfit(
            spec, scan.name(), scan.given().orElseThrow(), answers.unfit(), answers.unfitValue());
      }
      typed.add(scan.typed(answers, stopped));
    }
    return raw.select(typed.toArray(Column[]::new));
  }

  /** Names the first line that is wrong, so that it can be found in an editor. */
  private LockstepException torn(Dataset<Row> raw, long count, int width) {
    Set<String> texts =
        raw.where(col(TORN).isNotNull()).limit(TORN_KEPT).collectAsList().stream()
            .map(r -> r.<String>getAs(TORN).strip())
            .collect(Collectors.toCollection(TreeSet::new));
    String first =
        CsvFile.lineOf(texts, spark, spec.file()).stream()
            .mapToObj(line -> "the first is line " + line)
            .findFirst()
            .orElse("such as: " + texts.iterator().next());
    return new LockstepException(
        "%,d line%s of %s %s not have %d fields; %s"
            .formatted(
                count,
                count == 1 ? "" : "s",
                spec.file(),
                count == 1 ? "does" : "do",
                width,
                first),
        "Mend the file, or quote fields that hold a comma");
  }
}
