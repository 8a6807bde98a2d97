package dev.lockstep.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import java.util.Map;

/** A network from another jar, of DJL's own blocks: it joins the catalogue by its service file. */
public final class ForeignFamily implements ModelFamily {
  @Override
  public String name() {
    return "foreign";
  }

  @Override
  public Block build(FeatureSchema schema, int outputs, Map<String, Object> options) {
    Options given = new Options(name(), options);
    int width = given.whole("width", 16, 1, 1024);
    given.refuseOthers();
    return new SequentialBlock()
        .add(new LambdaBlock(ForeignFamily::joined, "joined"))
        .add(Linear.builder().setUnits(width).build())
        .add(Activation.tanhBlock())
        .add(Linear.builder().setUnits(outputs).build());
  }

  private static NDList joined(NDList inputs) {
    NDArray categories = inputs.get(1).toType(DataType.FLOAT32, true);
    return new NDList(inputs.get(0).concat(categories, 1));
  }
}
