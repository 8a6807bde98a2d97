package dev.lockstep.distributor.checkpoint;

import dev.lockstep.data.Sha256;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one training in a folder of its own, each a file whose checksum says whether
 * it is whole. There is no list of them that could be torn itself.
 *
 * <p>The folder may lie below one that a person named and keeps other things in. So the store reads
 * and deletes only files that bear its own pattern of names and its own training, and a folder only
 * if it is empty.
 */
public final class CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);

  /** Step, training, a random UUID; checkpoints of earlier builds do not name the training. */
  private static final Pattern NAME =
      Pattern.compile(
          "step-(\\d{10,19})-(?:([0-9a-f]{12})-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.ckpt");

  private static final int TRAINING_DIGITS = 12;

  private final Path root;
  private final Path folder;
  private final FileSystem files;
  private final int keep;
  private final String training;

  /**
   * The store in a folder, which is made on the first write.
   *
   * @param root a folder that is never deleted
   * @param name the training's own folder below it, such as {@code RUN/mlp}
   * @param keep how many of the last checkpoints stay
   * @param fingerprint names the training's inputs
   */
  public CheckpointStore(
      String root, String name, Configuration hadoop, int keep, String fingerprint)
      throws IOException {
    this.files = new Path(root).getFileSystem(hadoop);
    this.root = files.makeQualified(new Path(root));
    this.folder = new Path(this.root, name);
    this.keep = keep;
    this.training = Sha256.of(fingerprint).substring(0, TRAINING_DIGITS);
  }

  /** The training's own folder. */
  public String folder() {
    return folder.toString();
  }

  /**
   * Writes a checkpoint, then removes those that are older than the last few. What could not be
   * written whole is deleted.
   *
   * @return the checkpoint's name
   */
  public String save(Checkpoint checkpoint) throws IOException {
    String name = "step-%010d-%s-%s.ckpt".formatted(checkpoint.step(), training, UUID.randomUUID());
    files.mkdirs(folder);
    Path path = new Path(folder, name);
    try (FSDataOutputStream out = files.create(path, false)) {
      CheckpointFile.write(checkpoint, out);
      out.hsync();
    } catch (Throwable e) { // Hadoop says by an Error that a local disk is full.
      discard(path, e);
      throw e;
    }
    List<String> others = new ArrayList<>(names());
    others.remove(name);
    for (String old : others.subList(0, Math.max(0, others.size() - (keep - 1)))) {
      remove(old);
    }
    return name;
  }

  private void discard(Path torn, Throwable cause) {
    try {
      files.delete(torn, false);
    } catch (IOException | RuntimeException | Error e) {
      cause.addSuppressed(e);
    }
  }

  /** Deletes a checkpoint, if it is there. */
  public void remove(String name) throws IOException {
    files.delete(new Path(folder, name), false);
  }

  /** Names of this training's checkpoints, by their steps; the newest may not be whole. */
  public List<String> names() throws IOException {
    try {
      return Arrays.stream(files.listStatus(folder))
          .filter(FileStatus::isFile)
          .map(file -> file.getPath().getName())
          .filter(this::isOwn)
          .sorted(Comparator.comparingLong(CheckpointStore::step).thenComparing(n -> n))
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  private boolean isOwn(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches() && (matcher.group(2) == null || matcher.group(2).equals(training));
  }

  private static long step(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
  }

  /**
   * The newest checkpoint that is whole and of this training; others are named in the log and
   * passed over.
   *
   * @param own whether a whole checkpoint is of this training, which the name of an old one does
   *     not say
   */
  public Optional<String> newest(Predicate<Checkpoint> own) throws IOException {
    List<String> newestFirst = new ArrayList<>(names());
    Collections.reverse(newestFirst);
    for (String name : newestFirst) {
      try {
        if (own.test(load(name))) {
          return Optional.of(name);
        }
        LOG.warn("checkpoint {} in {} is of another training", name, folder);
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

  /** Deletes this training's checkpoints, then its folder and those around it that are empty. */
  public void clear() throws IOException {
    for (String name : names()) {
      remove(name);
    }
    for (Path empty = folder; !empty.equals(root); empty = empty.getParent()) {
      if (!files.exists(empty) || files.listStatus(empty).length > 0) {
        return;
      }
      files.delete(empty, false);
    }
  }
}
