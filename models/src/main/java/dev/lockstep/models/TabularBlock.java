package dev.lockstep.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A block that says of each of its parameters how it begins and how it is trained. */
public abstract class TabularBlock extends AbstractBlock {
  private final IdentityHashMap<Parameter, Treatment> treatments = new IdentityHashMap<>();
  private final IdentityHashMap<Parameter, EmbeddingTable> tables = new IdentityHashMap<>();
  private final List<Constant> constants = new ArrayList<>();
  private final List<Block> units = new ArrayList<>();

  /**
   * An array that belongs to the architecture: made with the parameters, not trained, not saved.
   */
  protected static final class Constant {
    private final Function<NDManager, NDArray> make;
    private NDArray array;

    private Constant(Function<NDManager, NDArray> make) {
      this.make = make;
    }

    /** The array, once the block is initialised. */
    public NDArray array() {
      if (array == null) {
        throw new IllegalStateException("expected an initialised block");
      }
      return array;
    }
  }

  /** A constant float32 array. */
  protected final Constant constant(float[] values, long... shape) {
    return constant(manager -> manager.create(values, new Shape(shape)));
  }

  /** A constant int32 vector. */
  protected final Constant constant(int[] values) {
    return constant(manager -> manager.create(values));
  }

  /** A constant int64 vector, such as an index into an axis. */
  protected final Constant constant(long[] values) {
    return constant(manager -> manager.create(values));
  }

  private Constant constant(Function<NDManager, NDArray> make) {
    Constant constant = new Constant(make);
    constants.add(constant);
    return constant;
  }

  /**
   * How a parameter begins and is trained.
   *
   * @param initial distribution of its initial values
   * @param rateFactor factor of the learning rate
   */
  public record Treatment(Initial initial, double rateFactor) {}

  /** Adds a parameter of a fixed shape. Weight decay is for {@link Parameter.Type#WEIGHT} alone. */
  protected final Parameter parameter(
      String name, Parameter.Type type, Initial initial, long... shape) {
    return parameter(name, type, new Treatment(initial, 1), shape);
  }

  /**
   * As {@link #parameter(String, Parameter.Type, Initial, long...)}, with a learning rate factor.
   */
  protected final Parameter parameter(
      String name, Parameter.Type type, Treatment treatment, long... shape) {
    boolean buffer = type == Parameter.Type.RUNNING_MEAN || type == Parameter.Type.RUNNING_VAR;
    Parameter parameter =
        addParameter(
            Parameter.builder()
                .setName(name)
                .setType(type)
                .optShape(new Shape(shape))
                .optInitializer(Initializer.ZEROS)
                .optRequiresGrad(!buffer)
                .build());
    treatments.put(parameter, treatment);
    return parameter;
  }

  /** Adds a parameter that stands for a table whose rows are elsewhere; it has no values itself. */
  protected final Parameter table(String name, EmbeddingTable table) {
    Parameter parameter = parameter(name, Parameter.Type.OTHER, table.initial(), 0, table.width());
    tables.put(parameter, table);
    return parameter;
  }

  /**
   * Adds a child that is a unit: the network uses its parameters within {@link #unit} alone, so
   * that a rank may hold them for just as long.
   */
  protected final <B extends Block> B addUnit(String name, B child) {
    units.add(child);
    return addChildBlock(name, child);
  }

  /**
   * Computes with a unit's parameters from the network's inputs. Where parameters are sharded over
   * the ranks, they are gathered for this computation, which is done once more when backward comes
   * here.
   *
   * @param child one that {@link #addUnit} has added
   * @param inputs the network's inputs or what is computed of them without parameters
   * @param forward computes the output; it may be called twice, and does the same both times
   */
  protected static NDArray unit(
      ParameterStore store, Block child, NDList inputs, Function<NDList, NDArray> forward) {
    return store instanceof UnitStore units
        ? units.unit(child, inputs, false, forward)
        : forward.apply(inputs);
  }

  /**
   * As {@link #unit(ParameterStore, Block, NDList, Function)}, further up in the network.
   *
   * @param input an array through which gradients flow; it is used nowhere else
   */
  protected static NDArray unit(
      ParameterStore store, Block child, NDArray input, UnaryOperator<NDArray> forward) {
    return store instanceof UnitStore units
        ? units.unit(child, new NDList(input), true, in -> forward.apply(in.singletonOrThrow()))
        : forward.apply(input);
  }

  /**
   * The units of a network, in the order of its parameters: those that its blocks have named, or
   * the children of a sequence of DJL's.
   */
  public static List<Block> units(Block network) {
    if (network instanceof SequentialBlock) {
      return List.copyOf(network.getChildren().values());
    }
    List<Block> found = new ArrayList<>();
    for (Block child : network.getChildren().values()) {
      if (network instanceof TabularBlock own && own.units.contains(child)) {
        found.add(child);
      } else if (!(child instanceof SequentialBlock)) {
        found.addAll(units(child));
      }
    }
    return found;
  }

  /** The table that a parameter of a block or of one inside it stands for; empty for others. */
  public static Optional<EmbeddingTable> table(Block block, Parameter parameter) {
    return find(block, own -> Optional.ofNullable(own.tables.get(parameter)));
  }

  /**
   * The treatment of a parameter of a block or of one inside it; empty for those of other kinds.
   */
  public static Optional<Treatment> treatment(Block block, Parameter parameter) {
    return find(block, own -> Optional.ofNullable(own.treatments.get(parameter)));
  }

  private static <T> Optional<T> find(Block block, Function<TabularBlock, Optional<T>> wanted) {
    Optional<T> own = block instanceof TabularBlock known ? wanted.apply(known) : Optional.empty();
    if (own.isPresent()) {
      return own;
    }
    for (Block child : block.getChildren().values()) {
      Optional<T> found = find(child, wanted);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /**
   * What a parameter is worth in this pass.
   *
   * @param like an array of the pass: results of the parameter are freed with it, even where the
   *     parameter itself lives on
   */
  protected static NDArray value(
      ParameterStore store, Parameter parameter, NDArray like, boolean training) {
    NDArray value = store.getValue(parameter, like.getDevice(), training);
    NDManager pass = like.getManager();
    if (value.getManager() != pass) {
      value = value.reshape(value.getShape());
      value.attach(pass);
    }
    return value;
  }

  @Override
  protected final NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    return compute(store, inputs, training);
  }

  /** The forward pass. */
  protected abstract NDList compute(ParameterStore store, NDList inputs, boolean training);

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    throw new UnsupportedOperationException("known from a forward pass only");
  }

  @Override
  protected void initializeChildBlocks(
      NDManager manager, ai.djl.ndarray.types.DataType type, Shape... inputShapes) {
    for (Constant constant : constants) {
      constant.array = constant.make.apply(manager);
    }
    for (Block child : children.values()) {
      child.initialize(manager, type, inputShapes);
    }
  }
}
