package dev.lockstep.ml;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Scores a table with a saved pipeline, in an application of its own. */
final class OtherJvm {
  private OtherJvm() {}

  /**
   * Writes the scores to a file.
   *
   * @param args the pipeline, the table, the file
   */
  public static void main(String[] args) throws IOException {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", false)
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate()) {
      List<Row> scores =
          PipelineModel.load(args[0])
              .transform(spark.read().parquet(args[1]))
              .select("id", "probability", "prediction")
              .sort("id")
              .collectAsList();
      Files.writeString(Path.of(args[2]), text(scores));
    }
  }

  /** A line for each row, in which every bit of a number shows. */
  static String text(List<Row> rows) {
    StringBuilder lines = new StringBuilder();
    rows.forEach(row -> lines.append(row).append('\n'));
    return lines.toString();
  }
}
