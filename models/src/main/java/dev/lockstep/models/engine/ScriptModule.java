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
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A TorchScript module whose parameters are given with every call. It runs in evaluation mode and
 * without the just-in-time optimiser, which would change a result's last bits after the first runs.
 */
public final class ScriptModule {
  /** Modules of a Sequential have numbers for names, parameters must not. */
  private static final Pattern NAME = Pattern.compile("(\\w+\\.)*[A-Za-z_]\\w*");

  /** The generator is one of the process: nobody else may draw while it is looked at. */
  private static final Object GENERATOR = new Object();

  private final List<Value> parameters;
  private final SortedSet<String> randomOperators;
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
    randomOperators = RandomOperators.in(FunctionalArchive.code(file));
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

  /**
   * Names of the operators in the module's code that draw random numbers whenever they run, be it
   * in a part of the code that never does.
   */
  public SortedSet<String> randomOperators() {
    return Collections.unmodifiableSortedSet(randomOperators);
  }

  /**
   * What the module makes of inputs with the parameters of the file.
   *
   * @param manager owns the inputs
   * @throws ScriptException if it fails, or draws random numbers on its way
   * @throws IllegalArgumentException if libtorch refuses to compile it
   */
  public NDArray tried(NDManager manager, NDList inputs) {
    NDList arrays = new NDList();
    for (Value value : parameters) {
      NDArray array = manager.zeros(value.shape());
      FloatBuffer memory = Libtorch.memory(array).asFloatBuffer();
      value.values().forEach(memory::put);
      arrays.add(array);
    }
    arrays.addAll(inputs);
    Instance instance = load(manager);
    synchronized (GENERATOR) {
      JniUtils.setSeed(0);
      float next = draw(manager);
      JniUtils.setSeed(0);
      NDArray output = instance.run(arrays, false);
      if (draw(manager) != next) {
        throw new ScriptException(
            "the module draws random numbers in evaluation mode, as functional dropout does"
                + " without training=self.training");
      }
      return output;
    }
  }

  private static float draw(NDManager manager) {
    try (NDArray drawn = manager.randomUniform(0, 1, new Shape(1))) {
      return drawn.toFloatArray()[0];
    }
  }

  /** Something that runs; it is used by one thread at a time. */
  public final class Instance {
    private final PtSymbolBlock module;

    private Instance(PtSymbolBlock module) {
      this.module = module;
    }

    /**
     * The module's output.
     *
     * @param arrays the parameters, then the inputs
     * @param training whether gradients are wanted
     * @throws ScriptException if it fails on them
     */
    public synchronized NDArray run(NDList arrays, boolean training) {
      JniUtils.setGraphExecutorOptimize(false);
      try {
        return IValueUtils.forward(module, arrays, training).singletonOrThrow();
      } catch (EngineException e) {
        throw new ScriptException("the module fails on " + shapes(arrays), e);
      } finally {
        JniUtils.setGraphExecutorOptimize(true);
      }
    }
  }

  private String shapes(NDList arrays) {
    return arrays.subNDList(parameters.size()).stream()
        .map(array -> array.getDataType() + " " + array.getShape())
        .collect(Collectors.joining(" and "));
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
