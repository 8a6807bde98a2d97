package dev.lockstep.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.engine.Libtorch;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * A trained network in a folder, ready to predict with DJL alone: {@code model.json} is its {@link
 * ModelCard}, {@code weights.bin} its {@link Weights}. Several threads may predict at once.
 *
 * <p>Features are given as the network was trained on them: encoded, in the order of its schema.
 */
public final class SavedNetwork implements AutoCloseable {
  /** The card's file name. */
  public static final String CARD = "model.json";

  /** The weights' file name. */
  public static final String WEIGHTS = "weights.bin";

  private static final int CHUNK = 4096;

  private final ModelCard card;
  private final NDManager manager;
  private final Block block;
  private final Optional<SavedEmbeddings> embeddings;

  SavedNetwork(
      ModelCard card, NDManager manager, Block block, Optional<SavedEmbeddings> embeddings) {
    this.card = card;
    this.manager = manager;
    this.block = block;
    this.embeddings = embeddings;
  }

  /**
   * Opens a folder.
   *
   * @throws IOException if a file is missing or cannot be read, if the weights are not those that
   *     the card names, or do not fit its network
   * @throws IllegalArgumentException if the card is of a form or names a network that is not known
   */
  public static SavedNetwork open(Path folder) throws IOException {
    ModelCard card = ModelCard.fromJson(Files.readString(folder.resolve(CARD)));
    NDManager manager = Libtorch.manager();
    try {
      ModelFamily family = ModelFamily.named(card.model().name());
      EstimatorSpec model =
          new EstimatorSpec(
              card.model().name(), family.withFilesOf(folder, card.model().options()));
      Block block =
          card.network(model, manager, () -> Files.newInputStream(folder.resolve(WEIGHTS)));
      return new SavedNetwork(card, manager, block, embeddings(card, block, folder));
    } catch (IOException | RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  private static Optional<SavedEmbeddings> embeddings(ModelCard card, Block block, Path folder)
      throws IOException {
    if (card.embeddings() == null) {
      return Optional.empty();
    }
    card.verifyEmbeddings(name -> Files.newInputStream(folder.resolve(name)));
    EmbeddingLayout layout =
        EmbeddingLayout.of(block, card.schema(), card.embeddings().seed())
            .orElseThrow(() -> new IOException("the network has no sharded tables"));
    return Optional.of(SavedEmbeddings.map(folder, card.embeddings(), layout));
  }

  /**
   * Writes a network to an existing folder: files that its options name, weights, the card last.
   *
   * @param block the network, initialised
   * @param card what it is; its SHA-256 is replaced by that of the weights written
   * @return the card as written
   */
  public static ModelCard write(Path folder, Block block, ModelCard card) throws IOException {
    List<Path> files = ModelFamily.named(card.model().name()).files(card.model().options());
    for (Path file : files) {
      Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
    String sha256;
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(folder.resolve(WEIGHTS)))) {
      sha256 = Weights.write(block, out);
    }
    ModelCard written = card.withWeights(sha256);
    Files.writeString(folder.resolve(CARD), written.toJson());
    return written;
  }

  /** What the network is. */
  public ModelCard card() {
    return card;
  }

  /**
   * Predicts rows.
   *
   * @param numeric a row's numeric features, for each row; rows of length 0 where there are none
   * @param categorical a row's categorical indices, likewise
   * @return for each row the probabilities of {@link ModelCard#classes()}, or its values in the
   *     label's own units
   * @throws IllegalArgumentException if a row has another number of features than the network, an
   *     index is out of range, or the two arrays are not of one length
   */
  public float[][] predict(float[][] numeric, int[][] categorical) {
    if (numeric.length != categorical.length) {
      throw new IllegalArgumentException(
          "%d rows of numeric, but %d of categorical features"
              .formatted(numeric.length, categorical.length));
    }
    float[][] predictions = new float[numeric.length][];
    for (int from = 0; from < numeric.length; from += CHUNK) {
      int to = Math.min(numeric.length, from + CHUNK);
      float[] x = new float[(to - from) * card.schema().numeric()];
      int[] c = new int[(to - from) * card.schema().categorical()];
      for (int row = from; row < to; row++) {
        fill(x, numeric[row], row, from);
        fill(c, categorical[row], row, from);
      }
      predict(x, c, predictions, from, to);
    }
    return predictions;
  }

  private void fill(float[] x, float[] values, int row, int from) {
    int width = card.schema().numeric();
    if (values.length != width) {
      throw new IllegalArgumentException(
          "row %d has %d numeric features, the network %d".formatted(row, values.length, width));
    }
    System.arraycopy(values, 0, x, (row - from) * width, width);
  }

  private void fill(int[] c, int[] values, int row, int from) {
    int width = card.schema().categorical();
    if (values.length != width) {
      throw new IllegalArgumentException(
          "row %d has %d categorical features, the network %d"
              .formatted(row, values.length, width));
    }
    for (int j = 0; j < width; j++) {
      int size = card.schema().cardinalities().get(j);
      if (values[j] < 0 || values[j] >= size) {
        throw new IllegalArgumentException(
            "row %d has index %d in categorical feature %d, which has indices 0 to %d"
                .formatted(row, values[j], j, size - 1));
      }
      c[(row - from) * width + j] = values[j];
    }
  }

  private void predict(float[] x, int[] c, float[][] predictions, int from, int to) {
    float[] values = score(x, c, to - from).predictions();
    int width = values.length / (to - from);
    for (int row = from; row < to; row++) {
      predictions[row] = new float[width];
      for (int k = 0; k < width; k++) {
        predictions[row][k] = (float) card.inLabelUnits(values[(row - from) * width + k]);
      }
    }
  }

  /**
   * What a network says of rows, row after row.
   *
   * @param logits {@code [rows, outputs]}; empty for an ensemble in one network, whose members'
   *     predictions, not logits, are averaged
   * @param predictions {@code [rows, classes]} probabilities, or {@code [rows, 1]} values before
   *     {@link ModelCard#inLabelUnits}
   */
  @SuppressWarnings("ArrayRecordComponent") // As they come from libtorch; never compared.
  public record Scored(float[] logits, float[] predictions) {}

  /**
   * Scores encoded rows that are known to be in range.
   *
   * @param numeric {@code [rows, numeric]}, row after row
   * @param categorical {@code [rows, categorical]}, row after row
   */
  public Scored score(float[] numeric, int[] categorical, int rows) {
    try (NDManager open = manager.newSubManager()) {
      NDArray x = open.create(numeric, new Shape(rows, card.schema().numeric()));
      NDArray c = open.create(categorical, new Shape(rows, card.schema().categorical()));
      NDArray logits = block.forward(new Own(open), new NDList(x, c), false).singletonOrThrow();
      float[] values = card.link().predictions(logits).toFloatArray();
      boolean members = logits.getShape().dimension() > 2;
      return new Scored(members ? new float[0] : logits.toFloatArray(), values);
    }
  }

  @Override
  public void close() {
    manager.close();
  }

  /** The parameters' own values. */
  private final class Own extends ParameterStore implements EmbeddingLookup {
    private final NDManager open;

    Own(NDManager open) {
      this.open = open;
    }

    @Override
    public NDArray getValue(Parameter parameter, ai.djl.Device device, boolean training) {
      return parameter.getArray();
    }

    @Override
    public NDManager getManager() {
      return open;
    }

    @Override
    public NDArray embedded(Parameter table, NDArray indices) {
      return embeddings.orElseThrow().embedded(table, indices);
    }
  }
}
