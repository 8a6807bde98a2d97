package dev.lockstep.distributor.training;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import dev.lockstep.data.WholeFolder;
import dev.lockstep.models.ModelCard;
import dev.lockstep.models.Networks;
import dev.lockstep.models.Weights;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;

/** A trained network in a folder of any Hadoop file system: {@code model.json}, then weights. */
public final class SavedModel {
  /** Name of the card's file. */
  public static final String CARD = "model.json";

  /** Name of the weights' file. */
  public static final String WEIGHTS = "weights.bin";

  private SavedModel() {}

  static String sha256(Block network) throws IOException {
    return Weights.write(network, OutputStream.nullOutputStream());
  }

  /**
   * Writes a model: a reader finds the whole of it or none. One that is there is of an earlier
   * attempt of this run, which had the same bits.
   *
   * @param files what the network is made of beside its weights, on this machine
   * @return the folder
   */
  static String write(
      Block network,
      ModelCard card,
      List<java.nio.file.Path> files,
      String folder,
      Configuration hadoop)
      throws IOException {
    WholeFolder.write(
        new Path(folder),
        hadoop,
        (system, temporary) -> {
          try (FSDataOutputStream out = system.create(new Path(temporary, WEIGHTS), false)) {
            String sha256 = Weights.write(network, out);
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
          try (FSDataOutputStream out = system.create(new Path(temporary, CARD), false)) {
            out.write(card.toJson().getBytes(StandardCharsets.UTF_8));
          }
        });
    return folder;
  }

  /**
   * Reads the card of a saved model.
   *
   * @throws IOException if there is none
   */
  public static ModelCard card(String folder, Configuration hadoop) throws IOException {
    Path path = new Path(folder, CARD);
    try (FSDataInputStream in = path.getFileSystem(hadoop).open(path)) {
      return ModelCard.fromJson(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /**
   * The network of a saved model.
   *
   * @param card its card
   * @param manager owns the network's arrays
   * @param local a directory of this machine for what is needed while it is opened
   * @throws IOException if its weights are missing, torn or another network's, or if a file that it
   *     is made of is missing
   */
  public static Block open(
      ModelCard card,
      String folder,
      NDManager manager,
      java.nio.file.Path local,
      Configuration hadoop)
      throws IOException {
    Block network;
    try (NetworkFiles files = NetworkFiles.fetch(card.model(), folder, local, hadoop)) {
      network = Networks.create(manager, files.network(), card.schema(), card.outputs(), 0);
    }
    Path path = new Path(folder, WEIGHTS);
    try (FSDataInputStream in = path.getFileSystem(hadoop).open(path, 1 << 20)) {
      Weights.read(network, new java.io.BufferedInputStream(in, 1 << 20));
    }
    return network;
  }
}
