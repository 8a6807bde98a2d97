package dev.lockstep.models.architectures;

import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.Options;
import dev.lockstep.models.layers.NumericEmbedding;
import dev.lockstep.models.layers.Pbld;
import dev.lockstep.models.layers.Periodic;
import dev.lockstep.models.layers.PiecewiseLinear;
import java.util.Optional;

/** How a network embeds its numeric features, with the options that this brings. */
enum NumericKind {
  /** Nothing. */
  NONE {
    @Override
    Optional<NumericEmbedding> read(FeatureSchema schema, Options given) {
      return Optional.empty();
    }
  },
  /** Piecewise linear with ReLU: option {@code numericWidth}. */
  PLE {
    @Override
    Optional<NumericEmbedding> read(FeatureSchema schema, Options given) {
      int width = given.whole("numericWidth", 12, 1, 1024);
      return piecewise(schema, width, PiecewiseLinear.Kind.RELU);
    }
  },
  /** Piecewise linear beside linear: option {@code numericWidth}. */
  PLE_RESIDUAL {
    @Override
    Optional<NumericEmbedding> read(FeatureSchema schema, Options given) {
      int width = given.whole("numericWidth", 16, 1, 1024);
      return piecewise(schema, width, PiecewiseLinear.Kind.RESIDUAL);
    }
  },
  /** Periodic: options {@code numericWidth}, {@code frequencies}, {@code sigma}. */
  PLR {
    @Override
    Optional<NumericEmbedding> read(FeatureSchema schema, Options given) {
      int width = given.whole("numericWidth", 12, 1, 1024);
      int frequencies = given.whole("frequencies", 24, 1, 1024);
      double sigma = given.number("sigma", 0.5, 1e-4, 1e3);
      return schema.numeric() == 0
          ? Optional.empty()
          : Optional.of(new Periodic(schema.numeric(), frequencies, sigma, width));
    }
  },
  /**
   * Periodic beside the value: options {@code numericWidth}, {@code frequencies}, {@code sigma}.
   */
  PBLD {
    @Override
    Optional<NumericEmbedding> read(FeatureSchema schema, Options given) {
      int width = given.whole("numericWidth", 4, 2, 1024);
      int frequencies = given.whole("frequencies", 16, 1, 1024);
      double sigma = given.number("sigma", 0.1, 1e-4, 1e3);
      return schema.numeric() == 0
          ? Optional.empty()
          : Optional.of(new Pbld(schema.numeric(), frequencies, sigma, width, 0.1));
    }
  };

  /** What it adds to a network, in words. */
  String summary() {
    return switch (this) {
      case NONE -> "";
      case PLE, PLE_RESIDUAL -> ", piecewise linear embeddings of numbers";
      case PLR, PBLD -> ", periodic embeddings of numbers";
    };
  }

  /** Whether tuning varies the embedding's width. */
  boolean isTuned() {
    return this != NONE && this != PBLD;
  }

  /** Reads the embedding's options; empty where the features go on as they are. */
  abstract Optional<NumericEmbedding> read(FeatureSchema schema, Options given);

  private static Optional<NumericEmbedding> piecewise(
      FeatureSchema schema, int width, PiecewiseLinear.Kind kind) {
    return schema.numeric() == 0
        ? Optional.empty()
        : Optional.of(new PiecewiseLinear(schema, width, kind));
  }
}
