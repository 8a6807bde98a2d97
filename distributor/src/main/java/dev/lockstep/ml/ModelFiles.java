package dev.lockstep.ml;

import dev.lockstep.data.internal.spark.SparkSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * The files of a saved model, on Hadoop's file system, or on this machine while Spark saves models
 * there, as the server of Spark Connect does.
 *
 * @param folder the model's folder
 */
record ModelFiles(String folder, SparkSession spark) {
  /** The path of a file or folder within the model's. */
  String path(String name) {
    return name.isEmpty() ? folder : folder + "/" + name;
  }

  void write(String name, byte[] content) throws IOException {
    if (SparkSettings.savesModelsLocally()) {
      java.nio.file.Path file = java.nio.file.Path.of(path(name));
      Files.createDirectories(file.getParent());
      Files.write(file, content);
      return;
    }
    Path file = new Path(path(name));
    try (FSDataOutputStream out =
        file.getFileSystem(spark.sessionState().newHadoopConf()).create(file, false)) {
      out.write(content);
    }
  }

  byte[] read(String name) throws IOException {
    if (SparkSettings.savesModelsLocally()) {
      return Files.readAllBytes(java.nio.file.Path.of(path(name)));
    }
    Path file = new Path(path(name));
    try (InputStream in = file.getFileSystem(spark.sessionState().newHadoopConf()).open(file)) {
      return in.readAllBytes();
    }
  }
}
