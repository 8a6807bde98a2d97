package dev.lockstep.distributor.saved;

import dev.lockstep.data.AtomicFolder;
import dev.lockstep.data.LockstepException;
import dev.lockstep.models.ModelCard;
import dev.lockstep.models.PortableNetwork;
import dev.lockstep.models.SavedEmbeddings;
import dev.lockstep.models.SavedNetwork;
import dev.lockstep.models.WeightsWriter;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A trained network in a folder of any Hadoop file system: {@code model.json}, then weights. */
public final class SavedModel {
  /** Name of the card's file. */
  public static final String CARD = SavedNetwork.CARD;

  /** Name of the weights' file. */
  public static final String WEIGHTS = SavedNetwork.WEIGHTS;

  private SavedModel() {}

  /**
   * Writes a model: a reader finds the whole of it or none. One that is there is of an earlier
   * attempt of this run, which had the same bits.
   *
   * @param network writes its weights
   * @param files what the network is made of beside its weights, on this machine
   * @param embeddings folder of the files of sharded tables, which are moved from there; empty
   *     where the network has none
   * @return the folder
   */
  public static String write(
      WeightsWriter network,
      ModelCard card,
      List<java.nio.file.Path> files,
      Optional<String> embeddings,
      String folder,
      Configuration hadoop)
      throws IOException {
    AtomicFolder.replace(
        new Path(folder),
        CARD,
        hadoop,
        (system, temporary) -> {
          try (FSDataOutputStream out = system.create(new Path(temporary, WEIGHTS), false)) {
            String sha256 = network.write(out);
            if (!sha256.equals(card.weightsSha256())) {
              throw new IllegalStateException("expected weights " + card.weightsSha256());
            }
          }
          for (java.nio.file.Path file : files) {
            Path copy = new Path(temporary, file.getFileName().toString());
            try (FSDataOutputStream out = system.create(copy, false)) {
              Files.copy(file, out);
            }
          }
          if (embeddings.isPresent()) {
            move(card, system, new Path(embeddings.get()), temporary);
          }
          try (FSDataOutputStream out = system.create(new Path(temporary, CARD), false)) {
            out.write(card.toJson().getBytes(StandardCharsets.UTF_8));
          }
        });
    return folder;
  }

  private static void move(ModelCard card, FileSystem system, Path from, Path to)
      throws IOException {
    for (SavedEmbeddings.Lanes lanes : card.embeddingFiles()) {
      String name = lanes.file();
      if (!system.rename(new Path(from, name), new Path(to, name))) {
        throw new IOException("cannot move %s to %s".formatted(new Path(from, name), to));
      }
    }
    // Left by an attempt on another number of ranks.
    for (FileStatus other : system.listStatus(from)) {
      if (SavedEmbeddings.isFile(other.getPath().getName())) {
        system.delete(other.getPath(), false);
      }
    }
    if (system.listStatus(from).length == 0) {
      system.delete(from, false);
    }
  }

  /**
   * Reads the card of a saved model.
   *
   * @throws LockstepException if there is none, or it is damaged
   */
  public static ModelCard card(String folder, Configuration hadoop) {
    Path path = new Path(folder, CARD);
    try (FSDataInputStream in = path.getFileSystem(hadoop).open(path)) {
      return ModelCard.fromJson(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      throw new LockstepException(
          "there is no saved network in " + folder,
          "Name the folder of a network, such as lockstep-runs/RUN/mlp",
          e);
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(folder, CARD + ": " + e.getMessage(), e);
    }
  }

  /**
   * Opens a saved model to predict with it.
   *
   * @param local a directory of this machine for what is needed while it is opened
   * @throws LockstepException if its weights are missing, changed or another network's, or if a
   *     file that it is made of is missing
   */
  public static SavedNetwork open(String folder, java.nio.file.Path local, Configuration hadoop) {
    ModelCard card = card(folder, hadoop);
    try {
      java.nio.file.Path copy = Files.createTempDirectory(local, "lockstep-model-");
      try {
        for (String name : names(card)) {
          Path file = new Path(folder, name);
          try (FSDataInputStream in = file.getFileSystem(hadoop).open(file, 1 << 20)) {
            Files.copy(in, copy.resolve(name));
          }
        }
        return SavedNetwork.open(copy);
      } finally {
        for (String name : names(card)) {
          Files.deleteIfExists(copy.resolve(name));
        }
        Files.delete(copy);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(folder, e.getMessage(), e);
    }
  }

  /** Names of the files of a saved model. */
  private static List<String> names(ModelCard card) {
    List<String> names = new ArrayList<>(List.of(CARD, WEIGHTS));
    NetworkFiles.of(card.model()).forEach(file -> names.add(file.getFileName().toString()));
    card.embeddingFiles().forEach(lanes -> names.add(lanes.file()));
    return names;
  }

  /**
   * Checks a saved model as those who predict will, without libtorch.
   *
   * @param expected SHA-256 that the weights must have; empty where only the card says it
   * @return its card
   * @throws LockstepException as {@link #open}, and if the network is another than the expected one
   */
  public static ModelCard verify(String folder, Optional<String> expected, Configuration hadoop) {
    ModelCard card = card(folder, hadoop);
    if (expected.isPresent() && !expected.get().equals(card.sha256())) {
      throw new LockstepException(
          "%s is not the network that the run recorded: the SHA-256 of its weights is %s, not %s"
              .formatted(folder, card.sha256(), expected.get()),
          "Restore the run's own folder, or name the network by --model");
    }
    java.nio.file.Path local = java.nio.file.Path.of(System.getProperty("java.io.tmpdir"));
    Path path = new Path(folder, WEIGHTS);
    try (NetworkFiles files = NetworkFiles.fetch(card.model(), folder, local, hadoop)) {
      card.verified(files.network(), () -> path.getFileSystem(hadoop).open(path, 1 << 20));
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(folder, WEIGHTS + ": " + e.getMessage(), e);
    }
    try {
      card.verifyEmbeddings(
          name -> path.getFileSystem(hadoop).open(new Path(folder, name), 1 << 20));
    } catch (IOException e) {
      throw damaged(folder, e.getMessage(), e);
    }
    return card;
  }

  /**
   * A saved model in memory, checked against its card.
   *
   * @throws LockstepException as {@link #open}
   */
  public static PortableNetwork load(String folder, Configuration hadoop) {
    card(folder, hadoop); // For its errors.
    try {
      return PortableNetwork.read(
          name -> {
            Path file = new Path(folder, name);
            try (FSDataInputStream in = file.getFileSystem(hadoop).open(file, 1 << 20)) {
              return in.readAllBytes();
            }
          });
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(folder, WEIGHTS + ": " + e.getMessage(), e);
    }
  }

  private static LockstepException damaged(String folder, String reason, Exception cause) {
    return new LockstepException(
        "the saved network in %s cannot be used: %s".formatted(folder, reason),
        "Copy the folder again from where it is whole, or train again",
        cause);
  }
}
