package dev.lockstep.models;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * What a saved network is, apart from its weights: enough to build it again and to read its
 * outputs, without Spark.
 *
 * @param format version of the saved form
 * @param model the network's name and options
 * @param schema what it is fed
 * @param outputs number of outputs
 * @param link from logits to predictions
 * @param classes the classes in the order of their probabilities; empty for regression
 * @param labelMean added to a regression's output after {@code labelDeviation}; 0 else
 * @param labelDeviation factor of a regression's output; 1 else
 * @param weightsSha256 SHA-256 of the weights file, in hexadecimal
 * @param embeddings the files of sharded tables beside it; null where there are none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ModelCard(
    int format,
    EstimatorSpec model,
    FeatureSchema schema,
    int outputs,
    Link link,
    List<String> classes,
    double labelMean,
    double labelDeviation,
    String weightsSha256,
    SavedEmbeddings.Manifest embeddings) {
  /** The version that this release writes. */
  public static final int FORMAT = 1;

  private static final int BUFFER = 1 << 20;

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** Refuses what this release does not know. */
  public ModelCard {
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "saved model of format %d; this release reads %d".formatted(format, FORMAT));
    }
    classes = List.copyOf(classes);
  }

  /** A card of a network without sharded tables. */
  public ModelCard(
      int format,
      EstimatorSpec model,
      FeatureSchema schema,
      int outputs,
      Link link,
      List<String> classes,
      double labelMean,
      double labelDeviation,
      String weightsSha256) {
    this(
        format,
        model,
        schema,
        outputs,
        link,
        classes,
        labelMean,
        labelDeviation,
        weightsSha256,
        null);
  }

  /** The same for other weights. */
  ModelCard withWeights(String sha256) {
    return with(sha256, embeddings);
  }

  /** The same with files of sharded tables. */
  public ModelCard with(SavedEmbeddings.Manifest manifest) {
    return with(weightsSha256, manifest);
  }

  private ModelCard with(String sha256, SavedEmbeddings.Manifest manifest) {
    return new ModelCard(
        format, model, schema, outputs, link, classes, labelMean, labelDeviation, sha256, manifest);
  }

  /**
   * SHA-256 of all that was trained, in hexadecimal: that of the weights file. Where there are
   * files of embeddings, it is that of the weights file's SHA-256, the seed, and the lanes and
   * SHA-256 of each file, one after another as text; how the rows are divided into files is then
   * part of it.
   */
  public String sha256() {
    if (embeddings == null) {
      return weightsSha256;
    }
    MessageDigest digest = Weights.sha256();
    StringBuilder all = new StringBuilder(weightsSha256).append(embeddings.seed());
    for (SavedEmbeddings.Lanes file : embeddings.files()) {
      all.append(file.from()).append('-').append(file.to()).append(file.sha256());
    }
    digest.update(all.toString().getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Checks the files of sharded tables against the card; needs no libtorch.
   *
   * @param files opens a file of the folder by its name
   * @throws IOException if one is missing or was changed; the message names it
   */
  public void verifyEmbeddings(Files files) throws IOException {
    for (SavedEmbeddings.Lanes lanes : embeddingFiles()) {
      String name = lanes.file();
      MessageDigest digest = Weights.sha256();
      try (InputStream in = new DigestInputStream(files.open(name), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      String found = HexFormat.of().formatHex(digest.digest());
      if (!found.equals(lanes.sha256())) {
        throw new IOException(
            "%s was changed or damaged: its SHA-256 is %s, not %s"
                .formatted(name, found, lanes.sha256()));
      }
    }
  }

  /** The files of sharded tables; none where there are none. */
  public List<SavedEmbeddings.Lanes> embeddingFiles() {
    return embeddings == null ? List.of() : embeddings.files();
  }

  /** Opens a file of a saved network's folder by its name. */
  @FunctionalInterface
  public interface Files {
    /** The file from its beginning. */
    InputStream open(String name) throws IOException;
  }

  /** A prediction of the network in the label's own units; probabilities stay as they are. */
  public double inLabelUnits(float prediction) {
    return prediction * labelDeviation + labelMean;
  }

  /** Opens a file, as often as it is asked to. */
  @FunctionalInterface
  public interface Source {
    /** The file from its beginning. */
    InputStream open() throws IOException;
  }

  /**
   * The network that the card describes, with the weights that it names. The one way from a file to
   * a network: nothing is allocated for weights that are not those of the card.
   *
   * @param made the network's name and options, with its files where they are now
   * @param manager owns the network's arrays
   * @param weights the weights file
   * @throws IOException if the file cannot be read, was changed, or does not fit the card
   * @throws IllegalArgumentException if the card names a network that is not known
   */
  public Block network(EstimatorSpec made, NDManager manager, Source weights) throws IOException {
    Block block = verified(made, weights);
    Networks.initialise(block, manager, schema, 0);
    try (InputStream in = new BufferedInputStream(weights.open(), BUFFER)) {
      Weights.read(block, in);
    }
    return block;
  }

  /**
   * Checks a weights file against the card; needs no libtorch.
   *
   * @param made as for {@link #network}
   * @param weights the weights file
   * @return the network as it was built, without values
   * @throws IOException as {@link #network}
   */
  public Block verified(EstimatorSpec made, Source weights) throws IOException {
    Block block = Networks.build(made, schema, outputs);
    try (InputStream in = new BufferedInputStream(weights.open(), BUFFER)) {
      Weights.verify(block, in, weightsSha256);
    }
    return block;
  }

  /** The card as JSON text. */
  public String toJson() {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("expected a card that is valid JSON", e);
    }
  }

  /**
   * Reads a card.
   *
   * @throws IllegalArgumentException if the text is no card, or one of a form that is not known
   */
  public static ModelCard fromJson(String json) {
    try {
      return JSON.readValue(json, ModelCard.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "not the card of a saved model: " + e.getOriginalMessage());
    }
  }
}
