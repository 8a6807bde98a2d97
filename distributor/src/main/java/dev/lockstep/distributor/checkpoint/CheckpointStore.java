package dev.lockstep.distributor.checkpoint;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a run in a folder, each a file of its own whose checksum says whether it is
 * whole. There is no list of them that could be torn itself.
 */
public final class CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);
  private static final String SUFFIX = ".ckpt";

  private final Path folder;
  private final FileSystem files;
  private final int keep;

  /**
   * The store in a folder, which is made on the first write.
   *
   * @param keep how many of the last checkpoints stay
   */
  public CheckpointStore(String folder, Configuration hadoop, int keep) throws IOException {
    this.folder = new Path(folder);
    this.files = this.folder.getFileSystem(hadoop);
    this.keep = keep;
  }

  /** Writes a checkpoint, then removes those that are older than the last few. */
  public void save(Checkpoint checkpoint) throws IOException {
    String name = "step-%010d-%s%s".formatted(checkpoint.step(), UUID.randomUUID(), SUFFIX);
    files.mkdirs(folder);
    Path path = new Path(folder, name);
    try (FSDataOutputStream out = files.create(path, false)) {
      CheckpointFile.write(checkpoint, out);
      out.hsync();
    } catch (IOException e) {
      files.delete(path, false);
      throw e;
    }
    List<String> others = new ArrayList<>(names());
    others.remove(name);
    for (String old : others.subList(0, Math.max(0, others.size() - (keep - 1)))) {
      files.delete(new Path(folder, old), false);
    }
  }

  /** Names of the checkpoints, by their steps; the newest may not be whole. */
  public List<String> names() throws IOException {
    try {
      return Arrays.stream(files.listStatus(folder))
          .map(file -> file.getPath().getName())
          .filter(name -> name.endsWith(SUFFIX))
          .sorted()
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  /**
   * The newest checkpoint that is whole; those that are not are named in the log and passed over.
   */
  public Optional<String> newest() throws IOException {
    List<String> newestFirst = new ArrayList<>(names());
    Collections.reverse(newestFirst);
    for (String name : newestFirst) {
      try {
        load(name);
        return Optional.of(name);
      } catch (IOException e) {
        LOG.warn("checkpoint {} in {} is not used: {}", name, folder, e.getMessage());
      }
    }
    return Optional.empty();
  }

  /**
   * Reads a checkpoint.
   *
   * @throws IOException if it cannot be read or is not whole
   */
  public Checkpoint load(String name) throws IOException {
    Path path = new Path(folder, name);
    long length = files.getFileStatus(path).getLen();
    try (FSDataInputStream in = files.open(path, 1 << 20)) {
      return CheckpointFile.read(in, length);
    }
  }

  /** Removes the folder and all that is in it: the run has ended and needs it no more. */
  public void delete() throws IOException {
    files.delete(folder, true);
  }
}
