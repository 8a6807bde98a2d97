package dev.lockstep.models.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.Link;
import dev.lockstep.models.Loss;
import dev.lockstep.models.Networks;
import dev.lockstep.models.engine.Libtorch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How large and how fast networks are: forward and backward without the optimizer's update, and
 * forward alone, of one batch over and over.
 *
 * @param schema what the networks are fed
 * @param batch rows of a batch
 * @param threads libtorch's threads, from then on those of the whole JVM
 * @param seconds how long each measurement takes
 */
public record ModelBench(FeatureSchema schema, int batch, int threads, double seconds) {
  private static final int TURNS = 101;

  /** Refuses what cannot be measured. */
  public ModelBench {
    if (batch < 1 || threads < 1 || !(seconds > 0)) {
      throw new IllegalArgumentException(
          "a benchmark needs a batch, a thread and some time, but has %d, %d and %s s"
              .formatted(batch, threads, seconds));
    }
  }

  /**
   * One network's size and speed.
   *
   * @param model the network's name
   * @param parameters number of trained values
   * @param trainRowsPerSecond rows a second of forward and backward
   * @param predictRowsPerSecond rows a second of forward alone
   */
  public record Speed(
      String model, long parameters, double trainRowsPerSecond, double predictRowsPerSecond) {}

  /**
   * A perceptron against what it cannot be faster than.
   *
   * @param network rows a second of its forward and backward, median
   * @param products rows a second of the matrix products alone that these consist of, median
   * @param share the share of the ceiling that is reached: the median over turns, each of which
   *     times one right after the other, as what else a machine does changes within seconds
   */
  public record Ceiling(double network, double products, double share) {}

  /** Numeric features with 48 bins each, over the range of a normal distribution. */
  public static FeatureSchema schema(int numeric, List<Integer> cardinalities) {
    List<Float> edges = IntStream.rangeClosed(0, 48).mapToObj(i -> (i - 24) / 8f).toList();
    return new FeatureSchema(
        numeric, IntStream.range(0, numeric).mapToObj(j -> edges).toList(), cardinalities);
  }

  /**
   * Measures a network for binary classification.
   *
   * @throws IllegalArgumentException if there is no such network or an option is wrong
   */
  public Speed measure(EstimatorSpec spec) {
    return alone(
        manager -> {
          Block block = Networks.create(manager, spec, schema, 1, 1);
          LocalTraining training = new LocalTraining(block, Loss.of(Link.SIGMOID, 1));
          NDList inputs = inputs(manager);
          NDArray labels = labels(manager);
          double train = rowsPerSecond(manager, open -> step(training, open, inputs, labels));
          double predict = rowsPerSecond(manager, open -> training.logits(open, on(open, inputs)));
          return new Speed(spec.name(), training.size(), train, predict);
        });
  }

  /**
   * Measures a perceptron without dropout and the matrix products of the same shapes in turns, so
   * that both see the same machine.
   *
   * @param hidden widths of the hidden layers
   */
  public Ceiling ceiling(List<Integer> hidden) {
    return alone(
        manager -> {
          EstimatorSpec spec =
              new EstimatorSpec("mlp", Map.of("hidden", hidden, "dropout", 0, "embedding", 1));
          Block block = Networks.create(manager, spec, schema, 1, 1);
          LocalTraining training = new LocalTraining(block, Loss.of(Link.SIGMOID, 1));
          NDList inputs = inputs(manager);
          NDArray labels = labels(manager);
          List<Product> products = products(manager, hidden);
          ModelBench turn = new ModelBench(schema, batch, threads, seconds / TURNS);
          double[] network = new double[TURNS];
          double[] bare = new double[TURNS];
          double[] share = new double[TURNS];
          for (int i = 0; i < TURNS; i++) {
            network[i] = turn.rowsPerSecond(manager, open -> step(training, open, inputs, labels));
            bare[i] = turn.rowsPerSecond(manager, open -> products.forEach(p -> p.run(open)));
            share[i] = network[i] / bare[i];
          }
          return new Ceiling(median(network), median(bare), median(share));
        });
  }

  private static double median(double[] values) {
    java.util.Arrays.sort(values);
    return values[values.length / 2];
  }

  /** Two factors of a matrix product. */
  private record Product(NDArray left, NDArray right) {
    void run(NDManager open) {
      // Results belong to their left factor's manager: the step's, to be freed with it.
      NDArray product = on(open, left).matMul(right);
      product.close();
    }
  }

  /** The products of forward and backward; the first layer's inputs need no gradient. */
  private List<Product> products(NDManager manager, List<Integer> hidden) {
    List<Integer> widths = new ArrayList<>(List.of(schema.numeric() + schema.categorical()));
    widths.addAll(hidden);
    widths.add(1);
    List<Product> products = new ArrayList<>();
    for (int i = 1; i < widths.size(); i++) {
      NDArray x = normal(manager, batch, widths.get(i - 1));
      NDArray w = normal(manager, widths.get(i), widths.get(i - 1));
      NDArray dy = normal(manager, batch, widths.get(i));
      products.add(new Product(x, w.transpose()));
      products.add(new Product(dy.transpose(), x));
      if (i > 1) {
        products.add(new Product(dy, w));
      }
    }
    return products;
  }

  private static NDArray normal(NDManager manager, int rows, int columns) {
    SplittableRandom random = new SplittableRandom(rows + 31L * columns);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1.7, 1.7);
    }
    return manager.create(values, new Shape(rows, columns));
  }

  private NDList inputs(NDManager manager) {
    SplittableRandom random = new SplittableRandom(7);
    int[] categorical = new int[batch * schema.categorical()];
    for (int i = 0; i < categorical.length; i++) {
      categorical[i] = random.nextInt(schema.cardinalities().get(i % schema.categorical()));
    }
    return new NDList(
        normal(manager, batch, schema.numeric()),
        manager.create(categorical, new Shape(batch, schema.categorical())));
  }

  private NDArray labels(NDManager manager) {
    float[] labels = new float[batch];
    for (int i = 0; i < batch; i++) {
      labels[i] = i & 1;
    }
    return manager.create(labels);
  }

  private static void step(LocalTraining training, NDManager open, NDList inputs, NDArray labels) {
    training.backward(open, on(open, inputs), on(open, labels), 1);
  }

  /** The same memory under another manager, which frees what is made of it. */
  private static NDArray on(NDManager open, NDArray array) {
    NDArray view = array.reshape(array.getShape());
    view.attach(open);
    return view;
  }

  private static NDList on(NDManager open, NDList arrays) {
    return new NDList(on(open, arrays.get(0)), on(open, arrays.get(1)));
  }

  /** Something that is done with a manager of its own, over and over. */
  private interface Work {
    void run(NDManager open);
  }

  private double rowsPerSecond(NDManager manager, Work work) {
    long begin = System.nanoTime();
    long warm = begin + (long) (0.2 * seconds * 1e9);
    long end = begin + (long) (1.2 * seconds * 1e9);
    long steps = 0;
    long from = begin;
    long now = begin;
    do {
      try (NDManager open = manager.newSubManager()) {
        work.run(open);
      }
      now = System.nanoTime();
      if (now < warm) {
        from = now;
      } else {
        steps++;
      }
    } while (now < end);
    return steps * (double) batch / ((now - from) / 1e9);
  }

  /** A measurement within a manager of its own. */
  private interface Measurement<T> {
    T in(NDManager manager);
  }

  private <T> T alone(Measurement<T> measurement) {
    try (NDManager manager = Libtorch.manager(threads)) {
      return measurement.in(manager);
    }
  }
}
