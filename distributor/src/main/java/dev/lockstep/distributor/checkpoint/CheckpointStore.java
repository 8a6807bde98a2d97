package dev.lockstep.distributor.checkpoint;

import dev.lockstep.data.Sha256;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
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

  /** A part of a checkpoint that a rank wrote before rank 0 wrote the checkpoint itself. */
  private static final Pattern PART =
      Pattern.compile("(step-\\d{10,19}-([0-9a-f]{12})-[0-9a-f-]{36})\\.[a-z]+(?:-\\d{2,})+");

  private static final String SUFFIX = ".ckpt";

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

  /** A name for a checkpoint, which no other one has. */
  public String newName(long step) {
    return "step-%010d-%s-%s%s".formatted(step, training, UUID.randomUUID(), SUFFIX);
  }

  /** As {@link #save(String, Checkpoint)}, under a new name. */
  public String save(Checkpoint checkpoint) throws IOException {
    return save(newName(checkpoint.step()), checkpoint);
  }

  /**
   * Writes a checkpoint, then removes those that are older than the last few. What could not be
   * written whole is deleted.
   *
   * @param name a {@link #newName}
   * @return the name
   */
  public String save(String name, Checkpoint checkpoint) throws IOException {
    try {
      write(
          name,
          out -> {
            CheckpointFile.write(checkpoint, out);
            return name;
          });
    } catch (IOException | RuntimeException | Error e) {
      try {
        remove(name); // Its parts are of no use without it.
      } catch (IOException | RuntimeException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    removeOld(name, checkpoint.step());
    return name;
  }

  /**
   * Removes checkpoints that are older than the last few, and parts up to a step whose checkpoint
   * was never finished. Looks at the folder once: every checkpoint comes here.
   */
  private void removeOld(String newest, long step) throws IOException {
    List<String> present = all();
    List<String> whole = checkpoints(present);
    List<String> others = new ArrayList<>(whole);
    others.remove(newest);
    List<String> old = others.subList(0, Math.max(0, others.size() - (keep - 1)));
    for (String name : old) {
      delete(name);
    }
    for (String file : present) {
      Optional<String> name = checkpointOf(file);
      boolean orphan = name.filter(n -> step(n) <= step && !whole.contains(n)).isPresent();
      if (orphan || name.filter(old::contains).isPresent()) {
        delete(file);
      }
    }
  }

  /** Whether parts of a checkpoint are there. */
  public boolean hasParts(String name, Collection<String> parts) throws IOException {
    return all().containsAll(parts.stream().map(part -> partName(name, part)).toList());
  }

  /** Writes what a file holds, and says something of it. */
  @FunctionalInterface
  public interface Content {
    /** Writes it. */
    String write(OutputStream out) throws IOException;
  }

  /**
   * Writes a part of a checkpoint that is itself written when all its parts are there.
   *
   * @param name the checkpoint's {@link #newName}
   * @param part letters and numbers with hyphens between them, such as {@code state-00-32}
   * @return what the content says of itself
   */
  public String savePart(String name, String part, Content content) throws IOException {
    return write(partName(name, part), content);
  }

  /**
   * As {@link #savePart(String, String, Content)}, of arrays.
   *
   * @return SHA-256 of the part, in hexadecimal
   */
  public String savePart(String name, String part, Checkpoint arrays) throws IOException {
    return savePart(
        name,
        part,
        out -> {
          MessageDigest digest = CheckpointFile.sha256();
          CheckpointFile.write(arrays, new DigestOutputStream(out, digest));
          return HexFormat.of().formatHex(digest.digest());
        });
  }

  /** Reads a part that is arrays. */
  public Checkpoint loadPart(String name, String part) throws IOException {
    return load(partName(name, part));
  }

  /**
   * Checks a part of a checkpoint.
   *
   * @param sha256 SHA-256 that it must have, in hexadecimal
   * @throws IOException if it is missing, changed or damaged
   */
  public void verifyPart(String name, String part, String sha256) throws IOException {
    verified(name, part, sha256, OutputStream.nullOutputStream());
  }

  private void verified(String name, String part, String sha256, OutputStream target)
      throws IOException {
    MessageDigest digest = CheckpointFile.sha256();
    try (FSDataInputStream in = files.open(new Path(folder, partName(name, part)), 1 << 20)) {
      new DigestInputStream(in, digest).transferTo(target);
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(sha256)) {
      throw new IOException(
          "%s of checkpoint %s was changed or damaged: its SHA-256 is %s, not %s"
              .formatted(part, name, found, sha256));
    }
  }

  private static String partName(String name, String part) {
    return name.substring(0, name.length() - SUFFIX.length()) + "." + part;
  }

  private String write(String name, Content content) throws IOException {
    files.mkdirs(folder);
    Path path = new Path(folder, name);
    try (FSDataOutputStream out = files.create(path, false)) {
      String said = content.write(out);
      out.hsync();
      return said;
    } catch (Throwable e) { // Hadoop says by an Error that a local disk is full.
      discard(path, e);
      throw e;
    }
  }

  /**
   * Copies a part of a checkpoint to this machine, checked as by {@link #verifyPart}.
   *
   * @param target where there is no file yet
   */
  public void copyPart(String name, String part, String sha256, java.nio.file.Path target)
      throws IOException {
    try (OutputStream out =
        java.nio.file.Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
      verified(name, part, sha256, out);
    }
  }

  private void discard(Path torn, Throwable cause) {
    try {
      files.delete(torn, false);
    } catch (IOException | RuntimeException | Error e) {
      cause.addSuppressed(e);
    }
  }

  /** Deletes a checkpoint and its parts, as far as they are there. */
  public void remove(String name) throws IOException {
    delete(name);
    for (String part : all()) {
      if (checkpointOf(part).filter(name::equals).isPresent()) {
        delete(part);
      }
    }
  }

  private void delete(String file) throws IOException {
    files.delete(new Path(folder, file), false);
  }

  /** The checkpoint that a file is a part of; empty for what is no part of this training's. */
  private Optional<String> checkpointOf(String file) {
    Matcher matcher = PART.matcher(file);
    return matcher.matches() && matcher.group(2).equals(training)
        ? Optional.of(matcher.group(1) + SUFFIX)
        : Optional.empty();
  }

  private List<String> all() throws IOException {
    try {
      return Arrays.stream(files.listStatus(folder))
          .filter(FileStatus::isFile)
          .map(file -> file.getPath().getName())
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  /** Names of this training's checkpoints, by their steps; the newest may not be whole. */
  public List<String> names() throws IOException {
    return checkpoints(all());
  }

  private List<String> checkpoints(List<String> present) {
    return present.stream()
        .filter(this::isOwn)
        .sorted(Comparator.comparingLong(CheckpointStore::step).thenComparing(n -> n))
        .toList();
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
    return newest((name, checkpoint) -> own.test(checkpoint));
  }

  /** Whether a whole checkpoint can be used. */
  @FunctionalInterface
  public interface Use {
    /** Whether it can. */
    boolean of(String name, Checkpoint checkpoint) throws IOException;
  }

  /** As {@link #newest(Predicate)}, told by its name as well. */
  public Optional<String> newest(Use use) throws IOException {
    List<String> newestFirst = new ArrayList<>(names());
    Collections.reverse(newestFirst);
    for (String name : newestFirst) {
      try {
        if (use.of(name, load(name))) {
          return Optional.of(name);
        }
        LOG.warn("checkpoint {} in {} is of another training, or has lost a part", name, folder);
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
    for (String file : all()) {
      if (isOwn(file) || checkpointOf(file).isPresent()) {
        delete(file);
      }
    }
    for (Path empty = folder; !empty.equals(root); empty = empty.getParent()) {
      if (!files.exists(empty) || files.listStatus(empty).length > 0) {
        return;
      }
      files.delete(empty, false);
    }
  }
}
