package dev.lockstep.distributor.saved;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Sha256;
import dev.lockstep.distributor.spec.EstimatorMistake;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.ModelFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/**
 * The files that a network is made of beside its weights, such as a TorchScript module, in a
 * directory of this machine for as long as they are needed. They are known by their names: from the
 * driver they reach the ranks, and from a saved model those who predict, by a folder of a file
 * system that all share. Most networks have none.
 */
public final class NetworkFiles implements AutoCloseable {
  private final EstimatorSpec network;
  private final Path directory;

  private NetworkFiles(EstimatorSpec network, Path directory) {
    this.network = network;
    this.directory = directory;
  }

  /** A network without files. */
  public static NetworkFiles none(EstimatorSpec network) {
    return new NetworkFiles(network, null);
  }

  /** Paths of a network's files on this machine. */
  public static List<Path> of(EstimatorSpec network) {
    return ModelFamily.named(network.name()).files(network.options());
  }

  /**
   * SHA-256 of each of a network's files.
   *
   * @throws LockstepException if one is not named or cannot be read
   */
  public static List<String> digests(EstimatorSpec network) {
    List<String> digests = new ArrayList<>();
    for (Path file : named(network)) {
      try {
        digests.add(Sha256.of(Files.readAllBytes(file)));
      } catch (IOException e) {
        throw new LockstepException(
            "network '%s' needs the file %s, which cannot be read".formatted(network.name(), file),
            "Name a file of the machine that the driver runs on",
            e);
      }
    }
    return digests;
  }

  private static List<Path> named(EstimatorSpec network) {
    try {
      return of(network);
    } catch (IllegalArgumentException e) {
      throw EstimatorMistake.of(e, "model");
    }
  }

  /** Copies a network's files to a shared folder. */
  public static void publish(EstimatorSpec network, String folder, Configuration hadoop)
      throws IOException {
    org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path(folder);
    FileSystem files = target.getFileSystem(hadoop);
    for (Path file : of(network)) {
      org.apache.hadoop.fs.Path copy =
          new org.apache.hadoop.fs.Path(target, file.getFileName().toString());
      try (var out = files.create(copy, true)) {
        Files.copy(file, out);
      }
    }
  }

  /** Deletes the copies from the shared folder, then the folder if nothing else is in it. */
  public static void withdraw(EstimatorSpec network, String folder, Configuration hadoop)
      throws IOException {
    org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path(folder);
    FileSystem files = target.getFileSystem(hadoop);
    for (Path file : of(network)) {
      files.delete(new org.apache.hadoop.fs.Path(target, file.getFileName().toString()), false);
    }
    if (files.exists(target) && files.listStatus(target).length == 0) {
      files.delete(target, false);
    }
  }

  /**
   * Copies a network's files from a shared folder into a directory of their own.
   *
   * @param parent where that directory is made
   * @throws IOException if one is not in the folder
   */
  public static NetworkFiles fetch(
      EstimatorSpec network, String folder, Path parent, Configuration hadoop) throws IOException {
    if (of(network).isEmpty()) {
      return none(network);
    }
    Path directory = Files.createTempDirectory(parent, "lockstep-network-");
    org.apache.hadoop.fs.Path source = new org.apache.hadoop.fs.Path(folder);
    NetworkFiles fetched = new NetworkFiles(network, directory);
    try {
      FileSystem files = source.getFileSystem(hadoop);
      for (Path file : of(network)) {
        String name = file.getFileName().toString();
        try (var in = files.open(new org.apache.hadoop.fs.Path(source, name))) {
          Files.copy(in, directory.resolve(name));
        }
      }
      return fetched;
    } catch (IOException | RuntimeException e) {
      fetched.close();
      throw e;
    }
  }

  /** The network, made of the files in this directory. */
  public EstimatorSpec network() {
    return directory == null
        ? network
        : new EstimatorSpec(
            network.name(),
            ModelFamily.named(network.name()).withFilesOf(directory, network.options()));
  }

  @Override
  public void close() throws IOException {
    if (directory != null) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
