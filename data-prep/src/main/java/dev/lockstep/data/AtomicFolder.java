package dev.lockstep.data;

import java.io.IOException;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Folders that a reader finds whole or not at all, on any Hadoop file system: they are written
 * under another, hidden name beside their place and renamed.
 */
public final class AtomicFolder {
  private AtomicFolder() {}

  /** Writes what is in a folder. */
  @FunctionalInterface
  public interface Content {
    /** Writes into a folder, given by its whole path, which is there or not. */
    void write(FileSystem files, Path folder) throws IOException;
  }

  /**
   * Writes a folder of a run's own, which may be there from an earlier attempt.
   *
   * @param target the folder; one that is there already gives way
   * @param marker a file that a folder of this kind has; one without it is not replaced
   * @throws IOException if it cannot be written, or is there and of another kind; nothing is left
   *     behind
   */
  public static void replace(Path target, String marker, Configuration hadoop, Content content)
      throws IOException {
    FileSystem files = target.getFileSystem(hadoop);
    if (!isVacant(files, target) && !files.exists(new Path(target, marker))) {
      throw new FileAlreadyExistsException(target + " is there already and holds something else");
    }
    write(
        files,
        target,
        content,
        whole -> {
          files.delete(target, true);
          if (!files.rename(whole, target)) {
            throw new IOException("could not rename " + whole + " to " + target);
          }
        });
  }

  /**
   * Writes a folder where there is none yet, or an empty one.
   *
   * @throws FileAlreadyExistsException if something is there; it stays as it is
   * @throws IOException if it cannot be written; nothing is left behind
   */
  public static void create(Path target, Configuration hadoop, Content content) throws IOException {
    FileSystem files = target.getFileSystem(hadoop);
    requireVacant(files, target);
    FileContext context = FileContext.getFileContext(files.makeQualified(target).toUri(), hadoop);
    write(
        files,
        target,
        content,
        whole -> {
          requireVacant(files, target);
          files.delete(target, false);
          context.rename(whole, files.makeQualified(target));
        });
  }

  /**
   * Checks that {@link #create} finds nothing in its way.
   *
   * @throws FileAlreadyExistsException if something is there
   */
  public static void requireVacant(Path target, Configuration hadoop) throws IOException {
    requireVacant(target.getFileSystem(hadoop), target);
  }

  private static void requireVacant(FileSystem files, Path target) throws IOException {
    if (!isVacant(files, target)) {
      throw new FileAlreadyExistsException(
          "there is %s at %s already"
              .formatted(
                  files.exists(new Path(target, "_delta_log")) ? "a table" : "something", target));
    }
  }

  private static boolean isVacant(FileSystem files, Path target) throws IOException {
    return !files.exists(target)
        || (files.getFileStatus(target).isDirectory() && files.listStatus(target).length == 0);
  }

  /** Puts a folder that is written into its place. */
  @FunctionalInterface
  private interface Move {
    void move(Path whole) throws IOException;
  }

  private static void write(FileSystem files, Path target, Content content, Move move)
      throws IOException {
    Path whole = files.makeQualified(target);
    Path temporary = new Path(whole.getParent(), "." + whole.getName() + "-" + UUID.randomUUID());
    try {
      content.write(files, temporary);
      move.move(temporary);
    } finally {
      files.delete(temporary, true);
    }
  }
}
