package dev.lockstep.models.architectures;

import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.Initial;
import dev.lockstep.models.Options;
import dev.lockstep.models.TunedOption;
import dev.lockstep.models.layers.Categories;
import dev.lockstep.models.layers.EmbeddedFeatures;
import dev.lockstep.models.layers.Features;
import dev.lockstep.models.layers.NumericEmbedding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The options by which a network takes its features as one vector: {@code embedding}, the width of
 * a category's embedding, {@code oneHot}, the largest cardinality that is one-hot instead, and
 * those of the numeric embedding.
 */
final class InputOptions {
  private InputOptions() {}

  /** How most networks are trained by default. */
  static final Map<String, Object> TRAINING =
      Map.of("learningRate", 1e-3, "weightDecay", 1e-4, "batch", 256, "patience", 16);

  /** What tuning may vary of a perceptron over the inputs: its layers and dropout, then more. */
  static List<TunedOption> perceptron(NumericKind kind, TunedOption... more) {
    List<TunedOption> own = new ArrayList<>();
    own.add(TunedOption.layers("hidden", 3, List.of(64, 128, 256, 512)));
    own.add(dropout("dropout"));
    own.addAll(List.of(more));
    return tuned(kind, own.toArray(TunedOption[]::new));
  }

  /** What tuning may vary of a network: its own options, then those of its inputs. */
  static List<TunedOption> tuned(NumericKind kind, TunedOption... own) {
    List<TunedOption> all = new ArrayList<>(List.of(own));
    if (kind.isTuned()) {
      all.add(TunedOption.oneOf("numericWidth", 4, 8, 12, 16, 24));
    }
    all.add(TunedOption.oneOf("embedding", 4, 8, 16, 32));
    return all;
  }

  /** Dropout, as all networks have it tuned. */
  static TunedOption dropout(String name) {
    return TunedOption.uniform(name, 0, 0.5);
  }

  /**
   * Reads {@code embeddings}: whether tables are parameters like any other, or have their rows
   * sharded over the ranks.
   */
  static EmbeddedFeatures embedded(FeatureSchema schema, Options given) {
    return EmbeddedFeatures.of(schema, sharded(given));
  }

  /** Likewise, as yes or no. */
  static boolean sharded(Options given) {
    return given.word("embeddings", "dense", List.of("dense", "sharded")).equals("sharded");
  }

  /** Reads them. */
  static Features read(FeatureSchema schema, Options given, NumericKind kind, int oneHot) {
    Optional<NumericEmbedding> numeric = kind.read(schema, given);
    int width = given.whole("embedding", 8, 1, 1024);
    int few = given.whole("oneHot", oneHot, 0, 1_000_000);
    EmbeddedFeatures features = embedded(schema, given);
    Optional<Categories> categories =
        schema.categorical() == 0
            ? Optional.empty()
            : Optional.of(new Categories(features, few, width, new Initial.Normal(0.1)));
    return new Features(schema.numeric(), numeric, categories);
  }
}
