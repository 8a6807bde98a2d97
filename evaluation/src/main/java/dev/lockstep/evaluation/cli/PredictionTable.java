package dev.lockstep.evaluation.cli;

import dev.lockstep.data.AtomicFolder;
import dev.lockstep.data.LockstepException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A new Delta table of predictions. */
final class PredictionTable {
  private final Path folder;
  private final Configuration hadoop;

  PredictionTable(String folder, SparkSession spark) {
    this.folder = new Path(folder);
    this.hadoop = spark.sessionState().newHadoopConf();
  }

  /**
   * Before anything is scored.
   *
   * @throws LockstepException if something is there
   */
  void requireNew() {
    try {
      AtomicFolder.requireVacant(folder, hadoop);
    } catch (IOException e) {
      throw unwritten(e);
    }
  }

  /** Writes it whole or not at all. */
  void write(Dataset<Row> predictions) {
    try {
      AtomicFolder.create(
          folder,
          hadoop,
          (files, inside) -> predictions.write().format("delta").save(inside.toString()));
    } catch (IOException e) {
      throw unwritten(e);
    }
  }

  private LockstepException unwritten(IOException e) {
    return new LockstepException(
        "no predictions can be written to %s: %s".formatted(folder, e.getMessage()),
        "Choose another --out",
        e);
  }
}
