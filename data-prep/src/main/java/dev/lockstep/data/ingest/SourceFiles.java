package dev.lockstep.data.ingest;

import dev.lockstep.data.LockstepException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files that a user's path stands for: a file, those of a folder, or those of a pattern.
 *
 * @param files their paths, in order, without empty and hidden ones
 * @param bytes their size
 * @param parquet whether they are Parquet
 */
record SourceFiles(List<String> files, long bytes, boolean parquet) {
  /**
   * Finds them.
   *
   * @throws LockstepException if there are none
   */
  static SourceFiles of(String given, Configuration hadoop) {
    try {
      Path path = new Path(given);
      FileSystem files = path.getFileSystem(hadoop);
      FileStatus[] found =
          files.exists(path)
              ? new FileStatus[] {files.getFileStatus(path)}
              : files.globStatus(path);
      if (found == null || found.length == 0) {
        throw new LockstepException("there is no file " + given, "Check the path");
      }
      List<FileStatus> all = new ArrayList<>();
      for (FileStatus one : found) {
        collect(one, one.isDirectory(), files, all);
      }
      if (all.isEmpty()) {
        throw new LockstepException(given + " has no rows", "Give a file with data");
      }
      boolean parquet = TextFile.isParquet(all.get(0).getPath(), hadoop);
      if (!parquet) {
        refuseNested(given, found, files);
      }
      return new SourceFiles(
          all.stream().map(file -> file.getPath().toString()).toList(),
          all.stream().mapToLong(FileStatus::getLen).sum(),
          parquet);
    } catch (IOException | IllegalArgumentException e) { // A path such as a:b is no path.
      throw new LockstepException(
          "cannot read " + given + ": " + e.getMessage(), "Check the path and its rights", e);
    }
  }

  private static void collect(
      FileStatus file, boolean named, FileSystem files, List<FileStatus> found) throws IOException {
    if (!named && isHidden(file)) {
      return;
    }
    if (file.isDirectory()) {
      FileStatus[] inside = files.listStatus(file.getPath());
      Arrays.sort(inside);
      for (FileStatus one : inside) {
        collect(one, false, files, found);
      }
    } else if (file.getLen() > 0) {
      found.add(file);
    }
  }

  /** As Spark and Hive have it. */
  private static boolean isHidden(FileStatus file) {
    String name = file.getPath().getName();
    return name.startsWith("_") || name.startsWith(".");
  }

  /** Folders such as {@code country=ch} hold a column in their names. */
  private static void refuseNested(String given, FileStatus[] found, FileSystem files)
      throws IOException {
    for (FileStatus one : found) {
      if (!one.isDirectory()) {
        continue;
      }
      for (FileStatus inside : files.listStatus(one.getPath())) {
        if (inside.isDirectory() && !isHidden(inside)) {
          throw new LockstepException(
              "the folder %s has CSV files in a folder of its own, %s"
                  .formatted(given, inside.getPath().getName()),
              "Give one folder of files, or a pattern such as " + given + "/*/*.csv");
        }
      }
    }
  }
}
