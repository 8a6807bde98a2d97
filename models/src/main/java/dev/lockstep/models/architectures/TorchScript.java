package dev.lockstep.models.architectures;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.Initial;
import dev.lockstep.models.ModelFamily;
import dev.lockstep.models.Options;
import dev.lockstep.models.TabularBlock;
import dev.lockstep.models.engine.Libtorch;
import dev.lockstep.models.engine.ScriptException;
import dev.lockstep.models.engine.ScriptModule;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A network brought from Python: a module with {@code forward(numeric, categorical)}, scripted or
 * traced and written by {@code torch.jit.save}. It is trained on from the parameters in the file.
 *
 * <p>Its limits: parameters are float32 and not of a {@code ParameterList}; the module runs in
 * evaluation mode while it is trained as well, so that its dropout does nothing and its batch
 * normalisation keeps the moments in the file (both would make ranks disagree), and one traced in
 * training mode is refused; an operator that draws random numbers is refused too; every parameter
 * but those whose names end in {@code bias} has weight decay if it has two axes or more.
 */
public final class TorchScript extends TabularBlock {
  private final ScriptModule module;
  private final int outputs;
  private final List<Parameter> arguments = new ArrayList<>();
  private ScriptModule.Instance instance;

  private TorchScript(ScriptModule module, int outputs) {
    this.module = module;
    this.outputs = outputs;
    for (ScriptModule.Value value : module.parameters()) {
      boolean decays = value.shape().dimension() > 1 && !value.name().endsWith("bias");
      Parameter.Type type = decays ? Parameter.Type.WEIGHT : Parameter.Type.OTHER;
      Initial given = new Initial.Given(value.values());
      arguments.add(
          parameter(value.name().replace('.', '_'), type, given, value.shape().getShape()));
    }
  }

  @Override
  protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
    super.initializeChildBlocks(manager, type, inputShapes);
    instance = module.load(manager);
  }

  @Override
  protected NDList compute(ParameterStore store, NDList inputs, boolean training) {
    NDArray numeric = inputs.get(0);
    // The first array's manager owns the result.
    NDList arrays = new NDList();
    for (Parameter parameter : arguments) {
      arrays.add(value(store, parameter, numeric, training));
    }
    arrays.addAll(inputs);
    NDArray logits = instance.run(arrays, training);
    requireLogits(logits, numeric.getShape().get(0), outputs);
    return new NDList(logits.getShape().dimension() == 1 ? logits.reshape(-1, 1) : logits);
  }

  private static void requireLogits(NDArray logits, long rows, int outputs) {
    Shape shape = logits.getShape();
    int axes = shape.dimension();
    boolean flat = axes == 1 && outputs == 1;
    boolean wide = (axes == 2 || axes == 3) && shape.get(axes - 1) == outputs;
    if (!(flat || wide) || shape.get(0) != rows || logits.getDataType() != DataType.FLOAT32) {
      throw new ScriptException(
          "the module's output for a batch of %d rows is %s %s, but float32 [batch, %d] is expected"
              .formatted(rows, logits.getDataType(), shape, outputs));
    }
  }

  /** The catalogue's entry {@code torchscript}. */
  public static final class Family implements ModelFamily {
    private static final String FILE = "file";

    @Override
    public String name() {
      return "torchscript";
    }

    @Override
    public Block build(FeatureSchema schema, int outputs, Map<String, Object> options) {
      Options given = new Options(name(), options);
      String file = given.text(FILE);
      given.refuseOthers();
      return new TorchScript(read(file), outputs);
    }

    @Override
    public boolean hasUnits() {
      return false;
    }

    @Override
    public String summary() {
      return "a TorchScript module of your own, from a file";
    }

    @Override
    public boolean hasDefaults() {
      return false;
    }

    private static ScriptModule read(String file) {
      try {
        return new ScriptModule(Path.of(file), 2);
      } catch (IOException | InvalidPathException e) {
        throw new IllegalArgumentException(
            "torchscript.file must be a module written by torch.jit.save, and %s cannot be read as one"
                .formatted(file),
            e);
      }
    }

    @Override
    public void checkTrainable(FeatureSchema schema, int outputs, Map<String, Object> options) {
      String file = new Options(name(), options).text(FILE);
      ScriptModule module = read(file);
      if (!module.randomOperators().isEmpty()) {
        throw new IllegalArgumentException(
            file
                + ": the module draws random numbers ("
                + String.join(", ", module.randomOperators())
                + "), so that no two runs would be the same: take them out, or export it with"
                + " torch.jit.trace after eval(), which leaves out what only training does");
      }
      try (NDManager manager = Libtorch.manager()) {
        // No number of outputs is taken for the batch.
        int rows = outputs + 1;
        requireLogits(module.tried(manager, inputs(manager, schema, rows)), rows, outputs);
      } catch (ScriptException e) {
        throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
      }
    }

    /** Rows that reach from the first to the last index of every category. */
    private static NDList inputs(NDManager manager, FeatureSchema schema, int rows) {
      NDArray numeric = manager.zeros(new Shape(rows, schema.numeric()));
      NDArray categorical = manager.zeros(new Shape(rows, schema.categorical()), DataType.INT32);
      if (schema.numeric() > 0) {
        FloatBuffer numbers = Libtorch.memory(numeric).asFloatBuffer();
        for (int i = 0; i < numbers.limit(); i++) {
          numbers.put(i, (i % 5 - 2) / 2f);
        }
      }
      if (schema.categorical() > 0) {
        IntBuffer indices = Libtorch.memory(categorical).asIntBuffer();
        for (int i = schema.categorical(); i < indices.limit(); i++) {
          indices.put(i, schema.cardinalities().get(i % schema.categorical()) - 1);
        }
      }
      return new NDList(numeric, categorical);
    }

    @Override
    public List<Path> files(Map<String, Object> options) {
      return List.of(Path.of(new Options(name(), options).text(FILE)));
    }

    @Override
    public Map<String, Object> withFilesOf(Path folder, Map<String, Object> options) {
      Path name = Path.of(new Options(name(), options).text(FILE)).getFileName();
      Path beside = folder.resolve(name);
      if (!Files.exists(beside)) {
        return options;
      }
      Map<String, Object> found = new HashMap<>(options);
      found.put(FILE, beside.toString());
      return found;
    }

    @Override
    public Map<String, Object> trainingDefaults() {
      return Map.of("learningRate", 1e-3, "weightDecay", 1e-4, "batch", 256, "patience", 16);
    }
  }
}
