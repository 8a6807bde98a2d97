package dev.lockstep.distributor.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a run in a folder. A checkpoint gets a name of its own and counts only once
 * the manifest lists it; the manifest is replaced as a whole, so a reader finds the old list or the
 * new one, and never has to list the folder.
 */
public final class CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);
  private static final String MANIFEST = "MANIFEST";

  /**
   * File systems whose writes become visible as a whole when closed, and whose rename is a copy.
   */
  private static final Set<String> OBJECT_STORES =
      Set.of("s3a", "s3", "gs", "abfs", "abfss", "oss");

  private final Path folder;
  private final FileSystem files;
  private final Configuration hadoop;
  private final int keep;

  /**
   * The store in a folder, which is made on the first write.
   *
   * @param keep how many of the last checkpoints stay
   */
  public CheckpointStore(String folder, Configuration hadoop, int keep) throws IOException {
    this.folder = new Path(folder);
    this.files = this.folder.getFileSystem(hadoop);
    this.hadoop = hadoop;
    this.keep = keep;
  }

  /** Writes a checkpoint, then lists it, then removes those that are no longer listed. */
  public void save(Checkpoint checkpoint) throws IOException {
    String name = "step-%010d-%s.ckpt".formatted(checkpoint.step(), UUID.randomUUID());
    files.mkdirs(folder);
    Path path = new Path(folder, name);
    try (FSDataOutputStream out = files.create(path, false)) {
      CheckpointFile.write(checkpoint, out);
      out.hsync();
    } catch (IOException e) {
      files.delete(path, false);
      throw e;
    }
    List<String> names = new ArrayList<>(names());
    names.add(name);
    List<String> kept = names.subList(Math.max(0, names.size() - keep), names.size());
    replaceManifest(String.join("\n", kept) + "\n");
    for (String old : names.subList(0, names.size() - kept.size())) {
      files.delete(new Path(folder, old), false);
    }
  }

  private void replaceManifest(String content) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    Path manifest = new Path(folder, MANIFEST);
    if (OBJECT_STORES.contains(files.getUri().getScheme())) {
      try (FSDataOutputStream out = files.create(manifest, true)) {
        out.write(bytes);
      }
      return;
    }
    FileContext context = FileContext.getFileContext(files.getUri(), hadoop);
    Path temporary = new Path(folder, "." + MANIFEST + "-" + UUID.randomUUID());
    try (FSDataOutputStream out = context.create(temporary, EnumSet.of(CreateFlag.CREATE))) {
      out.write(bytes);
      out.hsync();
    }
    context.rename(temporary, manifest, Options.Rename.OVERWRITE);
  }

  /** Names of the listed checkpoints, oldest first. */
  public List<String> names() throws IOException {
    Path manifest = new Path(folder, MANIFEST);
    if (!files.exists(manifest)) {
      return List.of();
    }
    try (FSDataInputStream in = files.open(manifest)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
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
