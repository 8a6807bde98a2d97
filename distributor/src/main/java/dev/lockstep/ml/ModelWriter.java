package dev.lockstep.ml;

import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLWriter;

/**
 * Writes a model: Params as Spark's own models write them in {@code metadata}, the feature model in
 * {@code features}, what single rows need of it in {@code encoder.json}, the network in {@code
 * model}, and {@code fit.json}. Encoder and network load without Spark as well.
 */
final class ModelWriter extends MLWriter {
  private final Params model;
  private final FittedNetwork fitted;

  ModelWriter(Params model, FittedNetwork fitted) {
    this.model = model;
    this.fitted = fitted;
  }

  @Override
  public void saveImpl(String path) {
    DefaultParamsWriter.saveMetadata(model, path, sparkSession());
    fitted.save(new ModelFiles(path, sparkSession()));
  }
}
