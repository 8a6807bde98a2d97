package dev.lockstep.evaluation.baselines;

import dev.lockstep.data.LockstepException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Small files of text in a saved baseline. */
final class Texts {
  private Texts() {}

  static void write(FileSystem files, Path file, String text) throws IOException {
    try (FSDataOutputStream out = files.create(file, false)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  static String read(SparkSession spark, String file) {
    Path path = new Path(file);
    try (FSDataInputStream in =
        path.getFileSystem(spark.sessionState().newHadoopConf()).open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new LockstepException(
          "cannot read " + file + ": " + e.getMessage(), "Copy the run's folder again", e);
    }
  }
}
