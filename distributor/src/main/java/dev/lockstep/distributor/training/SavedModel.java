package dev.lockstep.distributor.training;

import ai.djl.nn.Block;
import dev.lockstep.models.ModelCard;
import dev.lockstep.models.Weights;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
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
   * Writes to a temporary folder and renames it: a reader finds the whole model or none.
   *
   * @return the folder
   */
  static String write(Block network, ModelCard card, String folder, Configuration hadoop)
      throws IOException {
    Path target = new Path(folder);
    FileSystem files = target.getFileSystem(hadoop);
    Path temporary = new Path(target.getParent(), "." + target.getName() + "-" + UUID.randomUUID());
    try {
      try (FSDataOutputStream out = files.create(new Path(temporary, WEIGHTS), false)) {
        String sha256 = Weights.write(network, out);
        if (!sha256.equals(card.weightsSha256())) {
          throw new IllegalStateException("expected weights " + card.weightsSha256());
        }
      }
      try (FSDataOutputStream out = files.create(new Path(temporary, CARD), false)) {
        out.write(card.toJson().getBytes(StandardCharsets.UTF_8));
      }
      files.delete(target, true); // Of an earlier attempt of this run, which had the same bits.
      if (!files.rename(temporary, target)) {
        throw new IOException("could not rename " + temporary + " to " + target);
      }
      return folder;
    } finally {
      files.delete(temporary, true);
    }
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
   * Fills a network with the weights of a saved model.
   *
   * @throws IOException if they are missing, torn or another network's
   */
  public static void read(Block network, String folder, Configuration hadoop) throws IOException {
    Path path = new Path(folder, WEIGHTS);
    try (FSDataInputStream in = path.getFileSystem(hadoop).open(path, 1 << 20)) {
      Weights.read(network, new java.io.BufferedInputStream(in, 1 << 20));
    }
  }
}
