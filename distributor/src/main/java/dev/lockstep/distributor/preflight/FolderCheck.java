package dev.lockstep.distributor.preflight;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Whether this process may write where the job will, found out by writing; nothing is left. */
record FolderCheck(String name, String folder, Configuration hadoop, boolean local)
    implements Check {
  @Override
  public List<Finding> examine() {
    Path path = new Path(folder);
    if (!local && name.equals(Needs.CHECKPOINTS) && !path.isAbsolute()) {
      return List.of(
          Finding.failed(
              name,
              "training.checkpoint.directory is '%s', which each machine takes from another folder"
                  .formatted(folder),
              "Write it from the root on, or as a URI"));
    }
    try {
      FileSystem files = path.getFileSystem(hadoop);
      if (files.exists(path) && name.equals(Needs.LEDGER) && !mayBeLedger(files, path)) {
        return List.of(
            Finding.failed(
                name, folder + " is there and is no Delta table", "Name another folder"));
      }
      write(files, existing(files, files.makeQualified(path)), "");
      return List.of(Finding.ok(name, folder + " can be written"));
    } catch (IOException | RuntimeException e) {
      return List.of(
          Finding.failed(
              name,
              "cannot write to " + folder + ": " + reason(e),
              "Name another folder, or have its permissions changed"));
    }
  }

  private static boolean mayBeLedger(FileSystem files, Path path) throws IOException {
    return files.exists(new Path(path, "_delta_log"))
        || (files.getFileStatus(path).isDirectory() && files.listStatus(path).length == 0);
  }

  /** The folder itself, or of those around it the first that is there. */
  private static Path existing(FileSystem files, Path folder) throws IOException {
    Path path = folder;
    while (path.getParent() != null && !files.exists(path)) {
      path = path.getParent();
    }
    if (files.exists(path)) {
      FileStatus status = files.getFileStatus(path);
      if (!status.isDirectory()) {
        throw new IOException(path + " is a file");
      }
    }
    return path;
  }

  /** Writes a file and removes it. */
  static void write(FileSystem files, Path folder, String suffix) throws IOException {
    Path file = new Path(folder, ".lockstep-doctor-" + UUID.randomUUID() + suffix);
    try (var out = files.create(file, false)) {
      out.write(1);
    }
    files.delete(file, false);
  }

  static String reason(Throwable e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return message.lines().findFirst().orElse("");
  }
}
