import dev.lockstep.data.features.RowEncoder;
import dev.lockstep.models.SavedNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Predicts single rows with a saved model, as a service does: without Spark. */
public final class Service implements AutoCloseable {
  private final RowEncoder encoder;
  private final SavedNetwork network;

  /** Opens a model that a NetworkClassificationModel's or NetworkRegressionModel's save wrote. */
  public Service(Path model) throws IOException {
    encoder = RowEncoder.open(model);
    network = SavedNetwork.open(model.resolve("model"));
  }

  /** The probabilities of the classes, or the one value of a regression; for many threads. */
  public float[] predict(Map<String, ?> row) {
    return network
        .predict(new float[][] {encoder.numbers(row)}, new int[][] {encoder.indices(row)})[0];
  }

  /** The classes in the order of their probabilities. */
  public List<String> classes() {
    return network.card().classes();
  }

  @Override
  public void close() {
    network.close();
  }

  /**
   * Prints what the model says of a person.
   *
   * @param args the model's folder, age, balance, plan
   */
  public static void main(String[] args) throws IOException {
    Map<String, Object> person = new HashMap<>();
    person.put("age", Double.valueOf(args[1]));
    person.put("balance", Double.valueOf(args[2]));
    person.put("plan", args[3]);
    person.put("country", null); // Not known.
    try (Service service = new Service(Path.of(args[0]))) {
      float[] probabilities = service.predict(person);
      for (int i = 0; i < probabilities.length; i++) {
        System.out.println(service.classes().get(i) + " " + probabilities[i]);
      }
    }
  }
}
