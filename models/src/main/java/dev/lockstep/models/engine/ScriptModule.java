package dev.lockstep.models.engine;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A TorchScript module whose parameters are given with every call. It runs in evaluation mode and
 * without the just-in-time optimiser, which would change a result's last bits after the first runs.
 */
public final class ScriptModule {
  /** Modules of a Sequential have numbers for names, parameters must not. */
  private static final Pattern NAME = Pattern.compile("(\\w+\\.)*[A-Za-z_]\\w*");

  private final List<Value> parameters;
  private final byte[] functional;

  /**
   * A parameter as the file has it.
   *
   * @param name its dotted name
   * @param shape its shape
   * @param values its values, in the order of memory
   */
  public record Value(String name, Shape shape, List<Float> values) {}

  /**
   * Reads a file that {@code torch.jit.save} has written.
   *
   * @param file the file
   * @param inputs number of inputs of its forward
   * @throws IOException if the file cannot be read or is no such archive
   * @throws IllegalArgumentException if its parameters are none, not float32 or not attributes of
   *     modules, or if it was traced in training mode
   */
  public ScriptModule(Path file, int inputs) throws IOException {
    parameters = parameters(file);
    List<String> names = parameters.stream().map(Value::name).toList();
    functional = FunctionalArchive.around(file, names, inputs);
  }

  private static List<Value> parameters(Path file) throws IOException {
    List<Value> found = new ArrayList<>();
    try (NDManager manager = Libtorch.manager()) {
      PtSymbolBlock module = load((PtNDManager) manager, Files.readAllBytes(file));
      for (NDArray array : JniUtils.moduleGetParams(module, (PtNDManager) manager)) {
        if (array.getDataType() != DataType.FLOAT32) {
          throw new IllegalArgumentException(
              "%s: parameter %s is %s; only float32 can be trained"
                  .formatted(file, array.getName(), array.getDataType()));
        }
        if (!NAME.matcher(array.getName()).matches()) {
          throw new IllegalArgumentException(
              "%s: parameter %s is in a list; only attributes of modules can be trained"
                  .formatted(file, array.getName()));
        }
        List<Float> values = new ArrayList<>();
        for (float value : array.toFloatArray()) {
          values.add(value);
        }
        found.add(new Value(array.getName(), array.getShape(), List.copyOf(values)));
      }
    }
    if (found.isEmpty()) {
      throw new IllegalArgumentException(file + ": the module has no parameters to train");
    }
    return List.copyOf(found);
  }

  private static PtSymbolBlock load(PtNDManager manager, byte[] archive) throws IOException {
    try {
      PtSymbolBlock module =
          JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false);
      JniUtils.enableInferenceMode(module);
      return module;
    } catch (EngineException e) {
      throw new IOException("libtorch cannot load the module: " + e.getMessage(), e);
    }
  }

  /** The parameters, in the order in which they are to be given. */
  public List<Value> parameters() {
    return parameters;
  }

  /** Something that runs; it is used by one thread at a time. */
  public static final class Instance {
    private final PtSymbolBlock module;

    private Instance(PtSymbolBlock module) {
      this.module = module;
    }

    /**
     * The module's output.
     *
     * @param arrays the parameters, then the inputs
     * @param training whether gradients are wanted
     */
    public synchronized NDArray run(NDList arrays, boolean training) {
      JniUtils.setGraphExecutorOptimize(false);
      try {
        return IValueUtils.forward(module, arrays, training).singletonOrThrow();
      } finally {
        JniUtils.setGraphExecutorOptimize(true);
      }
    }
  }

  /**
   * Loads the module; the manager frees it.
   *
   * @throws IllegalArgumentException if libtorch refuses to compile it
   */
  public Instance load(NDManager manager) {
    try {
      return new Instance(load((PtNDManager) manager, functional));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "libtorch cannot run the module with its parameters as arguments: " + e.getMessage(), e);
    }
  }
}
