package dev.lockstep.data.ingest;

import dev.lockstep.data.SparkExtension;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Imports of small files into a folder of the test class, and what is seen of them. */
@ExtendWith(SparkExtension.class)
abstract class Importing {
  @TempDir static Path directory;
  static SparkSession spark;

  @BeforeAll
  static void use(SparkSession session) {
    spark = session;
  }

  static ImportReport run(String name, String csv, String label, String... columns)
      throws IOException {
    return importing(name, csv, label, List.of(columns), Map.of(), List.of(), false);
  }

  static ImportReport importing(
      String name,
      String csv,
      String label,
      List<String> columns,
      Map<String, String> types,
      List<String> missing,
      boolean overwrite)
      throws IOException {
    Path file = directory.resolve(name + ".csv");
    Files.writeString(file, csv);
    return importing(file, name, label, columns, types, missing, overwrite);
  }

  static ImportReport importing(
      Path file,
      String name,
      String label,
      List<String> columns,
      Map<String, String> types,
      List<String> missing,
      boolean overwrite) {
    String table = directory.resolve(name).toString();
    return new Import(
            spark,
            new ImportSpec(file.toString(), table, label, columns, types, text(missing), overwrite))
        .run();
  }

  static TextOptions text(List<String> missing) {
    return new TextOptions(null, null, null, null, null, null, missing);
  }

  static ImportReport importing(Object file, String name, String label, TextOptions text) {
    String table = directory.resolve(name).toString();
    return new Import(
            spark, new ImportSpec(file.toString(), table, label, List.of(), Map.of(), text, false))
        .run();
  }

  static Path file(String name, String text, Charset encoding) throws IOException {
    return Files.writeString(directory.resolve(name), text, encoding);
  }

  static String type(ImportReport report, String column) {
    return column(report, column).type();
  }

  static ImportReport.Imported column(ImportReport report, String name) {
    return report.columns().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  static List<Row> rows(String name) {
    return spark.read().format("delta").load(directory.resolve(name).toString()).collectAsList();
  }
}
