package dev.lockstep.distributor.experiment;

import dev.lockstep.data.LockstepException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/**
 * The folder of a run, on any Hadoop file system.
 *
 * @param runId name of the run, unique by time and chance
 * @param path the folder, with its file system's scheme
 */
public record RunFolder(String runId, String path) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  /**
   * A folder for a new run.
   *
   * @throws LockstepException if it cannot be made
   */
  public static RunFolder create(String output, Configuration hadoop) {
    String id = TIME.format(Instant.now()) + "-%04x".formatted(new SecureRandom().nextInt(1 << 16));
    return open(output, id, hadoop);
  }

  /** The folder of a run that there may be already. */
  public static RunFolder open(String output, String runId, Configuration hadoop) {
    Path path = new Path(output, runId);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      files.mkdirs(path);
      return new RunFolder(runId, files.makeQualified(path).toString());
    } catch (IOException e) {
      throw new LockstepException(
          "cannot make the run's folder " + path + ": " + e.getMessage(),
          "Choose another 'output'",
          e);
    }
  }

  /** The path as a person types it. */
  public String shown() {
    return path.startsWith("file:/") ? path.replaceFirst("^file:/+", "/") : path;
  }

  /**
   * Writes a file whole or not at all.
   *
   * @return its path as a person types it
   */
  public String write(String name, String content, Configuration hadoop) {
    Path file = new Path(path, name);
    Path temporary = new Path(path, "." + name + "-" + UUID.randomUUID());
    try {
      FileContext files = FileContext.getFileContext(file.toUri(), hadoop);
      try (FSDataOutputStream out = file.getFileSystem(hadoop).create(temporary, false)) {
        out.write(content.getBytes(StandardCharsets.UTF_8));
      }
      files.rename(temporary, file, Options.Rename.OVERWRITE);
      return shown() + "/" + name;
    } catch (IOException e) {
      throw new LockstepException(
          "cannot write " + file + ": " + e.getMessage(), "Choose another 'output'", e);
    }
  }
}
