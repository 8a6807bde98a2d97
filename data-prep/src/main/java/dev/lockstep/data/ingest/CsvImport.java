package dev.lockstep.data.ingest;

import dev.lockstep.data.LockstepException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/** CSV files as rows of named, typed columns. */
final class CsvImport {
  private final SparkSession spark;
  private final ImportSpec spec;
  private final List<String> notes;
  private final Marks marks;

  /**
   * An import.
   *
   * @param notes gets what is decided on the user's behalf
   */
  CsvImport(SparkSession spark, ImportSpec spec, List<String> notes) {
    this.spark = spark;
    this.spec = spec;
    this.notes = notes;
    this.marks = Marks.of(spec.text().missing());
  }

  /**
   * Reads the files once, and says how to read them.
   *
   * @throws LockstepException if a file or an option is wrong
   */
  Dataset<Row> rows(SourceFiles source) {
    GivenTypes types = GivenTypes.of(spec);
    Configuration hadoop = spark.sessionState().newHadoopConf();
    CsvSample sample = CsvSample.of(source, spec, hadoop);
    HeaderLine header = HeaderLine.of(sample, spec, marks);
    List<String> names = names(sample, header);
    ColumnNames.check(names, spec);
    CsvFiles files =
        new CsvFiles(
            source.files(),
            spec.text().encoding(),
            sample.dialect(),
            header.named() ? sample.rows().get(0) : List.of(),
            new SerializableConfiguration(hadoop));
    CsvTally tally = files.tally(spark, names.size(), marks);
    if (!tally.isSound() && sample.dialect().doublesQuotes()) {
      CsvFiles otherwise = files.with(sample.dialect().withBackslash());
      CsvTally second = otherwise.tally(spark, names.size(), marks);
      if (second.isSound()) {
        files = otherwise;
        tally = second;
      }
    }
    check(tally, files, names.size());
    noteDialect(files);
    noteHeader(header);
    return typed(files, tally, names, types);
  }

  private List<String> names(CsvSample sample, HeaderLine header) {
    List<String> first = sample.rows().get(0);
    boolean told = header.named() || !spec.columns().isEmpty() || spec.text().separator() != null;
    if (first.size() == 1 && !told) {
      throw new LockstepException(
          "the first line of %s has one field, '%s': there is no comma, semicolon, tab, vertical bar or ^A between fields"
              .formatted(sample.file(), Excerpt.of(first.get(0))),
          "Name the character between fields with --separator");
    }
    if (!spec.columns().isEmpty()) {
      if (spec.columns().size() != first.size()) {
        throw new LockstepException(
            "--columns gives %d names, but the first line of %s has %d fields"
                .formatted(spec.columns().size(), sample.file(), first.size()),
            "Give one name a field");
      }
      return ColumnNames.held(spec.columns(), spec, notes);
    }
    if (header.named()) {
      return ColumnNames.held(first, spec, notes);
    }
    List<String> names = new ArrayList<>(ColumnNames.places(first.size()));
    String label = ColumnNames.held(spec.label());
    if (!names.contains(label)) {
      names.set(names.size() - 1, label);
      notes.add(
          "the file has no column names: the last column was taken for the label '%s', the others are c0 to c%d (--columns names them)"
              .formatted(label, names.size() - 2));
    }
    return names;
  }

  private void check(CsvTally tally, CsvFiles files, int width) {
    tally
        .failure()
        .ifPresent(
            failure -> {
              throw new LockstepException(failure.problem(), failure.remedy());
            });
    long misfits = tally.misfits().count();
    if (misfits > 0) {
      throw new LockstepException(
          "%,d of %,d row%s of %s %s not have %d fields: %s"
              .formatted(
                  misfits,
                  tally.rows(),
                  tally.rows() == 1 ? "" : "s",
                  spec.file(),
                  misfits == 1 ? "does" : "do",
                  width,
                  tally.misfits().text(files.files().size() > 1)),
          "Repair the file, or quote fields that hold a %s; --separator names another separator"
              .formatted(files.dialect().separatorName()));
    }
    if (tally.rows() == 0) {
      throw new LockstepException(
          spec.file() + " has no rows below its column names", "Give a file with data");
    }
  }

  private void noteDialect(CsvFiles files) {
    if (files.files().size() > 1) {
      notes.add("%,d files were read".formatted(files.files().size()));
    }
    Dialect dialect = files.dialect();
    if (!dialect.separator().equals(",") && spec.text().separator() == null) {
      notes.add(
          "fields are separated by %s (--separator if not)".formatted(dialect.separatorName()));
    }
    if (dialect.escape() == Dialect.BACKSLASH) {
      notes.add("quotes within quotes have a backslash before them");
    }
  }

  private void noteHeader(HeaderLine header) {
    switch (header.reason()) {
      case GIVEN -> {}
      case NONE ->
          notes.add("the first line was taken for data (--header if it has the column names)");
      default ->
          notes.add(
              "the first line was taken for column names, %s (--no-header if it is data)"
                  .formatted(header.reason().words()));
    }
  }

  private Dataset<Row> typed(CsvFiles files, CsvTally tally, List<String> names, GivenTypes types) {
    ZoneId zone = ZoneId.of(spark.conf().get("spark.sql.session.timeZone"));
    ColumnChoices choices =
        new ColumnChoices(
            tally.columns(), files.dialect().separator(), spec.text(), marks, zone, notes);
    String label = ColumnNames.held(spec.label());
    List<ColumnReading> readings = new ArrayList<>();
    StructType schema = new StructType();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      ColumnReading reading =
          choices.choose(name, tally.columns().get(i), types.of(name), name.equals(label));
      readings.add(reading);
      schema = schema.add(name, reading.type());
    }
    choices.noteMissing();
    return GivenTypes.cast(spark.createDataFrame(files.rows(spark, readings), schema), types, spec);
  }
}
