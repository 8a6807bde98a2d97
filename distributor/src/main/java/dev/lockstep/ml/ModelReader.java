package dev.lockstep.ml;

import dev.lockstep.data.LockstepException;
import java.util.function.BiFunction;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;
import scala.Option;

/**
 * Reads what {@link ModelWriter} has written.
 *
 * @param <M> the model
 */
final class ModelReader<M extends Params> extends MLReader<M> {
  private final Class<M> type;
  private final BiFunction<String, FittedNetwork, M> made;

  /**
   * A reader.
   *
   * @param made makes the model of its uid and the rest
   */
  ModelReader(Class<M> type, BiFunction<String, FittedNetwork, M> made) {
    this.type = type;
    this.made = made;
  }

  /**
   * {@inheritDoc}
   *
   * @throws LockstepException if there is no such model, or it is damaged or of a later release
   */
  @Override
  public M load(String path) {
    DefaultParamsReader.Metadata metadata;
    try {
      metadata = DefaultParamsReader.loadMetadata(path, sparkSession(), type.getName());
    } catch (Exception e) { // Spark's own errors are checked, and named by no signature.
      throw new LockstepException(
          "there is no %s in %s: %s".formatted(type.getSimpleName(), path, e.getMessage()),
          "Name the folder that its save wrote",
          e);
    }
    M model = made.apply(metadata.uid(), FittedNetwork.load(new ModelFiles(path, sparkSession())));
    metadata.getAndSetParams(model, Option.empty());
    return model;
  }
}
