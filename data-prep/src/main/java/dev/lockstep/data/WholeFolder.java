package dev.lockstep.data;

import java.io.IOException;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Folders that a reader finds whole or not at all, on any Hadoop file system. */
public final class WholeFolder {
  private WholeFolder() {}

  /** Writes what is in a folder. */
  @FunctionalInterface
  public interface Content {
    /** Writes into a folder, which is there or not. */
    void write(FileSystem files, Path folder) throws IOException;
  }

  /**
   * Writes to a temporary folder beside the target and renames it.
   *
   * @param target the folder; one that is there already gives way
   * @throws IOException if it cannot be written; nothing is left behind
   */
  public static void write(Path target, Configuration hadoop, Content content) throws IOException {
    FileSystem files = target.getFileSystem(hadoop);
    Path temporary = new Path(target.getParent(), "." + target.getName() + "-" + UUID.randomUUID());
    try {
      content.write(files, temporary);
      files.delete(target, true);
      if (!files.rename(temporary, target)) {
        throw new IOException("could not rename " + temporary + " to " + target);
      }
    } finally {
      files.delete(temporary, true);
    }
  }
}
