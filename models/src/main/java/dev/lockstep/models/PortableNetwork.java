package dev.lockstep.models;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import dev.lockstep.models.engine.Libtorch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A trained network in memory, with all that a {@link SavedNetwork}'s folder holds, to be sent from
 * one machine to another. It holds no native memory; {@link #open} makes a network of it.
 */
public final class PortableNetwork implements Serializable {
  private static final long serialVersionUID = 1;

  private final String card;
  private final byte[] weights;
  private final TreeMap<String, byte[]> files;

  private PortableNetwork(String card, byte[] weights, Map<String, byte[]> files) {
    this.card = card;
    this.weights = weights;
    this.files = new TreeMap<>(files);
  }

  /**
   * Takes a network's values.
   *
   * @param network writes its weights
   * @param card what it is; its SHA-256 is replaced by that of the weights
   * @throws IOException if a file that its options name cannot be read
   */
  public static PortableNetwork of(WeightsWriter network, ModelCard card) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String sha256 = network.write(out);
    Map<String, byte[]> files = new TreeMap<>();
    for (Path file : ModelFamily.named(card.model().name()).files(card.model().options())) {
      files.put(file.getFileName().toString(), Files.readAllBytes(file));
    }
    return new PortableNetwork(card.withWeights(sha256).toJson(), out.toByteArray(), files);
  }

  /** Reads one file of a saved network's folder, wherever that is. */
  @FunctionalInterface
  public interface Reader {
    /** The content of the file of that name. */
    byte[] read(String name) throws IOException;
  }

  /** Writes one file of a saved network's folder, wherever that is. */
  @FunctionalInterface
  public interface Writer {
    /** Makes the file of that name. */
    void write(String name, byte[] content) throws IOException;
  }

  /**
   * Reads a saved network and checks its weights against its card.
   *
   * @throws IOException if a file is missing, or the weights are not those that the card names
   * @throws IllegalArgumentException if the card is of a form or names a network that is not known
   */
  public static PortableNetwork read(Reader folder) throws IOException {
    String text = new String(folder.read(SavedNetwork.CARD), StandardCharsets.UTF_8);
    ModelCard card = ModelCard.fromJson(text);
    if (card.embeddings() != null) {
      throw new IOException("its embeddings are sharded: it is used where its files are");
    }
    Map<String, byte[]> files = new TreeMap<>();
    for (Path file : ModelFamily.named(card.model().name()).files(card.model().options())) {
      String name = file.getFileName().toString();
      files.put(name, folder.read(name));
    }
    PortableNetwork network = new PortableNetwork(text, folder.read(SavedNetwork.WEIGHTS), files);
    network.made(made -> card.verified(made, network::stream));
    return network;
  }

  /** Writes the files of a saved network's folder, the card last. */
  public void write(Writer folder) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      folder.write(file.getKey(), file.getValue());
    }
    folder.write(SavedNetwork.WEIGHTS, weights);
    folder.write(SavedNetwork.CARD, card.getBytes(StandardCharsets.UTF_8));
  }

  /** What the network is. */
  public ModelCard card() {
    return ModelCard.fromJson(card);
  }

  /** Size in bytes of the weights and of the files beside them. */
  public long bytes() {
    return weights.length + files.values().stream().mapToLong(f -> f.length).sum();
  }

  /**
   * The network, ready to predict on as many threads as ask it, each computing alone; who opens it
   * closes it.
   *
   * @throws IOException if its files have no room on the local disk
   */
  public SavedNetwork open() throws IOException {
    ModelCard known = card();
    NDManager manager = Libtorch.manager(1);
    try {
      Block block = made(made -> known.network(made, manager, this::stream));
      return new SavedNetwork(known, manager, block, Optional.empty());
    } catch (IOException | RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /**
   * The weights for a network of the same kind.
   *
   * @param block the network, whose parameters have their shapes
   * @param taker takes their values
   * @throws IOException if it is another kind
   */
  public void copyTo(Block block, Weights.Taker taker) throws IOException {
    Weights.read(block, stream(), taker);
  }

  private ByteArrayInputStream stream() {
    return new ByteArrayInputStream(weights);
  }

  /** Makes something of the network's name and options. */
  @FunctionalInterface
  private interface Making {
    Block of(EstimatorSpec made) throws IOException;
  }

  /** Makes a network, whose files are in a local folder for as long as that takes. */
  private Block made(Making making) throws IOException {
    EstimatorSpec model = card().model();
    if (files.isEmpty()) {
      return making.of(model);
    }
    Path folder = Files.createTempDirectory("lockstep-network-");
    try {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Files.write(folder.resolve(file.getKey()), file.getValue());
      }
      ModelFamily family = ModelFamily.named(model.name());
      return making.of(
          new EstimatorSpec(model.name(), family.withFilesOf(folder, model.options())));
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
