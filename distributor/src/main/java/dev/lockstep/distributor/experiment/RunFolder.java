package dev.lockstep.distributor.experiment;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
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
  /** Name of the experiment file, as it was when the run began. */
  public static final String EXPERIMENT = "experiment.yaml";

  /** A folder within another, and none that leads out of it. */
  private static final Pattern NAME = Pattern.compile("[^/\\\\.][^/\\\\]*");

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

  /**
   * The folder of a run that there is.
   *
   * @throws LockstepException if the name is none of a run, or there is no such run
   */
  public static RunFolder existing(String output, String runId, Configuration hadoop) {
    Path parent = new Path(output);
    try {
      FileSystem files = parent.getFileSystem(hadoop);
      boolean named = NAME.matcher(runId).matches();
      if (named && files.exists(new Path(new Path(parent, runId), EXPERIMENT))) {
        return open(output, runId, hadoop);
      }
      throw new LockstepException(
          "there is no run '%s' in %s".formatted(runId, output), runs(files, parent, runId));
    } catch (IOException e) {
      throw new LockstepException(
          "cannot read the runs in " + output + ": " + e.getMessage(), "Check 'output'", e);
    }
  }

  private static String runs(FileSystem files, Path output, String runId) throws IOException {
    List<String> known = new ArrayList<>();
    if (files.exists(output)) {
      for (FileStatus one : files.listStatus(output)) {
        if (files.exists(new Path(one.getPath(), EXPERIMENT))) {
          known.add(one.getPath().getName());
        }
      }
    }
    return known.isEmpty()
        ? "That folder has no runs; 'output' of the experiment file, or --output, says where they are"
        : "Did you mean '%s'? That folder has %,d runs"
            .formatted(Names.nearest(runId, known), known.size());
  }

  /** The text of one of the run's files, if there is one of that name. */
  public Optional<String> read(String name, Configuration hadoop) {
    Path file = new Path(path, name);
    try (FSDataInputStream in = file.getFileSystem(hadoop).open(file)) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new LockstepException(
          "cannot read " + file + ": " + e.getMessage(), "Check the run's folder", e);
    }
  }

  /** The path as a person types it. */
  public String shown() {
    return path.startsWith("file:/") ? path.replaceFirst("^file:/+", "/") : path;
  }

  /**
   * Writes a file whole or not at all.
   *
   * @param name its name, or its path in the folder
   * @return its path as a person types it
   */
  public String write(String name, String content, Configuration hadoop) {
    Path file = new Path(path, name);
    Path temporary = new Path(file.getParent(), "." + file.getName() + "-" + UUID.randomUUID());
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
