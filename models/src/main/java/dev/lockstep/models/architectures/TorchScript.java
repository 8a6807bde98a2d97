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
import dev.lockstep.models.engine.ScriptModule;
import java.io.IOException;
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
 * training mode is refused; every parameter but those whose names end in {@code bias} has weight
 * decay if it has two axes or more.
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
    Shape shape = logits.getShape();
    if (shape.dimension() == 1 && outputs == 1) {
      return new NDList(logits.reshape(-1, 1));
    }
    if (shape.dimension() < 2
        || shape.dimension() > 3
        || shape.get(shape.dimension() - 1) != outputs) {
      throw new IllegalArgumentException(
          "the module's output has the shape %s, but [batch, %d] is expected"
              .formatted(shape, outputs));
    }
    return new NDList(logits);
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
      try {
        return new TorchScript(new ScriptModule(Path.of(file), 2), outputs);
      } catch (IOException | InvalidPathException e) {
        throw new IllegalArgumentException(
            "torchscript.file must be a module written by torch.jit.save: " + e, e);
      }
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
