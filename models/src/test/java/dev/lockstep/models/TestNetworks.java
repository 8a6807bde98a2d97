package dev.lockstep.models;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Networks, schemas and rows that the tests share. */
final class TestNetworks {
  private TestNetworks() {}

  /** The names of the whole catalogue that can be built without further options. */
  static Stream<String> families() {
    return ModelFamily.catalogue().keySet().stream().filter(name -> !name.equals("torchscript"));
  }

  /** Numeric features with three bins each. */
  static FeatureSchema schema(int numeric, Integer... cardinalities) {
    List<List<Float>> edges =
        IntStream.range(0, numeric).mapToObj(j -> List.of(-1f, -0.25f, 0.5f, 1.25f)).toList();
    return new FeatureSchema(numeric, edges, List.of(cardinalities));
  }

  /** The parameters in the order of the block, each once. */
  static List<Parameter> parameters(Block block) {
    Set<Parameter> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Parameter> all = new ArrayList<>();
    block
        .getParameters()
        .forEach(
            entry -> {
              if (seen.add(entry.getValue())) {
                all.add(entry.getValue());
              }
            });
    return all;
  }

  /** Cross entropy for so many outputs. */
  static Loss classLoss(int outputs) {
    return outputs == 1 ? new Loss.BinaryCrossEntropy(0) : new Loss.CrossEntropy(outputs, 0);
  }

  /** Random rows. */
  static NDList rows(NDManager manager, FeatureSchema schema, int rows, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] numeric = new float[rows * schema.numeric()];
    for (int i = 0; i < numeric.length; i++) {
      numeric[i] = (float) random.nextDouble(-2, 2);
    }
    int[] categorical = new int[rows * schema.categorical()];
    for (int i = 0; i < categorical.length; i++) {
      categorical[i] = random.nextInt(schema.cardinalities().get(i % schema.categorical()));
    }
    return new NDList(
        manager.create(numeric, new Shape(rows, schema.numeric())),
        manager.create(categorical, new Shape(rows, schema.categorical())));
  }
}
