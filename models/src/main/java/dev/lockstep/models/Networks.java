package dev.lockstep.models;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.Pair;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Networks with their initial weights. */
public final class Networks {
  private Networks() {}

  /**
   * Builds a network and gives every parameter its initial values, which depend on the seed and on
   * the parameter's place alone: libtorch's own generator is shared by all ranks of a JVM.
   *
   * @param manager owns the parameters' arrays
   * @param spec the network's name and options
   * @param schema what it is fed
   * @param outputs number of outputs
   * @param seed seed of the run
   * @throws IllegalArgumentException as {@link ModelFamily#build}
   */
  public static Block create(
      NDManager manager, EstimatorSpec spec, FeatureSchema schema, int outputs, long seed) {
    Block block = build(spec, schema, outputs);
    initialise(block, manager, schema, seed);
    return block;
  }

  /**
   * Builds a network whose parameters have their shapes and no values yet.
   *
   * @throws IllegalArgumentException as {@link ModelFamily#build}
   */
  public static Block build(EstimatorSpec spec, FeatureSchema schema, int outputs) {
    return ModelFamily.named(spec.name()).build(schema, outputs, spec.options());
  }

  /** Gives every parameter of a built network its initial values. */
  public static void initialise(Block block, NDManager manager, FeatureSchema schema, long seed) {
    initialise(block, manager, schema, Initializer.ZEROS);
    initialValues(block, seed, Weights::set);
  }

  private static void initialise(
      Block block, NDManager manager, FeatureSchema schema, Initializer initializer) {
    block.setInitializer(initializer, p -> true);
    block.initialize(
        manager,
        DataType.FLOAT32,
        new Shape(1, schema.numeric()),
        new Shape(1, schema.categorical()));
  }

  /**
   * Builds a network whose parameters take no memory: their arrays have their shapes and one value
   * for all places. Who computes with it has the values elsewhere.
   *
   * @throws IllegalArgumentException as {@link ModelFamily#build}
   */
  public static Block outline(
      NDManager manager, EstimatorSpec spec, FeatureSchema schema, int outputs) {
    Block block = build(spec, schema, outputs);
    initialise(
        block,
        manager,
        schema,
        (owner, shape, type) ->
            shape.size() == 0 || shape.isScalar()
                ? owner.zeros(shape, type)
                : owner.zeros(new Shape(1), type).broadcast(shape));
    return block;
  }

  /**
   * The initial values of a network, one parameter after the other.
   *
   * @param block the network, whose parameters have their shapes
   * @param seed seed of the run
   * @param taker takes the values of a parameter that has any
   */
  public static void initialValues(Block block, long seed, Weights.Taker taker) {
    seeds(block, seed)
        .forEach(
            (parameter, own) -> {
              Shape shape = parameter.getArray().getShape();
              Initial initial =
                  TabularBlock.treatment(block, parameter)
                      .map(TabularBlock.Treatment::initial)
                      .orElseGet(() -> byType(parameter.getType(), shape));
              float[] values = new float[Math.toIntExact(shape.size())];
              if (values.length > 0) {
                initial.fill(values, new SplittableRandom(own));
                taker.take(parameter, values);
              }
            });
  }

  /** The seed of each parameter's initial values, in the order of the block. */
  static Map<Parameter, Long> seeds(Block block, long seed) {
    SplittableRandom seeds = new SplittableRandom(seed);
    Map<Parameter, Long> all = new LinkedHashMap<>(); // Parameters are equal only to themselves.
    for (Pair<String, Parameter> entry : block.getParameters()) {
      if (!all.containsKey(entry.getValue())) {
        all.put(entry.getValue(), seeds.nextLong());
      }
    }
    return all;
  }

  /** For blocks that are not ours: as PyTorch begins a Linear, norms as the identity. */
  private static Initial byType(Parameter.Type type, Shape shape) {
    return switch (type) {
      case WEIGHT -> {
        long inputs = shape.size() / Math.max(1, shape.get(0));
        yield new Initial.Uniform(1 / Math.sqrt((double) Math.max(1, inputs)));
      }
      case GAMMA, RUNNING_VAR -> new Initial.Constant(1);
      default -> new Initial.Constant(0);
    };
  }
}
