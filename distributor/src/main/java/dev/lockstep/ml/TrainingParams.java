package dev.lockstep.ml;

import dev.lockstep.data.spec.FeaturesSpec;
import dev.lockstep.data.yaml.YamlFile;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.Sharding;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.distributor.training.TrainingListener;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.ModelFamily;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import scala.Function1;

/** The Params of {@link NetworkParams}, made once for each estimator, and what else it is told. */
public final class TrainingParams {
  private static final double DEFAULT_SHARE = 0.15;

  final Param<String> network;
  final Param<String> networkOptions;
  final StringArrayParam numericCols;
  final StringArrayParam categoricalCols;
  final StringArrayParam dateCols;
  final StringArrayParam keyCols;
  final Param<String> weightCol;
  final Param<String> validationIndicatorCol;
  final DoubleParam validationShare;
  final Param<String> numericTransform;
  final Param<String> handleInvalid;
  final LongParam seed;
  final Param<String> checkpointDir;
  final IntParam rankAttempts;
  final Map<String, Param<?>> options = new LinkedHashMap<>();

  private final Params parent;
  private TrainingListener listener = new LoggedTraining();
  private Optional<FittedNetwork> earlier = Optional.empty();

  TrainingParams(Params parent) {
    this.parent = parent;
    network = text("network", "name of the network", List.copyOf(ModelFamily.catalogue().keySet()));
    networkOptions =
        new Param<>(parent, "networkOptions", "the network's own options, as YAML or JSON");
    numericCols = new StringArrayParam(parent, "numericCols", "columns of numbers and times");
    categoricalCols = new StringArrayParam(parent, "categoricalCols", "columns of categories");
    dateCols =
        new StringArrayParam(
            parent,
            "dateCols",
            "columns of dates and timestamps: their age, and their place in the calendar's cycles");
    keyCols =
        new StringArrayParam(
            parent, "keyCols", "columns that name what rows belong to: its rows stay together");
    weightCol = new Param<>(parent, "weightCol", "column of the rows' weights, above 0");
    validationIndicatorCol =
        new Param<>(
            parent,
            "validationIndicatorCol",
            "column of booleans: rows with true do not train, but choose the epoch");
    validationShare =
        new DoubleParam(
            parent,
            "validationShare",
            "share of rows that choose the epoch, by a hash of the key, where no column says it",
            checked(
                "validationShare",
                v -> (Double) v >= 0 && (Double) v < 1,
                "must be at least 0 and below 1"));
    numericTransform =
        text(
            "numericTransform",
            "how numbers are transformed; auto is what the network does best with",
            FeaturesSpec.TRANSFORMS);
    handleInvalid =
        text(
            "handleInvalid",
            "rows to be trained on without a label, without a weight above 0, or with numbers that"
                + " are not finite",
            List.of("error", "skip"));
    seed = new LongParam(parent, "seed", "seed of everything random");
    checkpointDir =
        new Param<>(
            parent,
            "checkpointDir",
            "folder for checkpoints that all executors reach; without one, ranks that fail begin"
                + " again");
    rankAttempts =
        new IntParam(
            parent,
            "rankAttempts",
            "how often ranks may begin, the first time included",
            checked("rankAttempts", v -> (Integer) v >= 1, "must be at least 1"));
    option(whole("ranks", "number of ranks, each a task of Spark"), "ranks");
    option(whole("lanes", "number of lanes; results depend on it"), "lanes");
    option(whole("epochs", "largest number of epochs"), "epochs");
    option(whole("patience", "epochs without a better validation metric to stop at"), "patience");
    option(whole("batchSize", "rows of a step, over all ranks"), "batch");
    option(whole("accumulate", "parts in which a step's rows pass, to save memory"), "accumulate");
    option(new Param<>(parent, "loss", "the loss, as YAML or JSON"), "loss");
    option(text("optimizer", "which optimizer", List.of("adamw", "sgd")), "optimizer");
    option(
        number("learningRate", "rate before the schedule", Double.MIN_VALUE, Double.MAX_VALUE),
        "learningRate");
    option(
        text(
            "schedule",
            "the learning rate over the run",
            List.of("constant", "cosine", "onecycle", "coslog4")),
        "schedule");
    option(number("warmup", "share of the run that is warm-up", 0, 0.999), "warmup");
    option(number("weightDecay", "decoupled decay of weights", 0, Double.MAX_VALUE), "weightDecay");
    option(number("beta1", "AdamW's decay of the mean of gradients", 0, 0.999999), "beta1");
    option(number("beta2", "AdamW's decay of the mean of squares", 0, 0.999999), "beta2");
    option(number("epsilon", "AdamW's epsilon", Double.MIN_VALUE, 1), "epsilon");
    option(number("momentum", "SGD's momentum", 0, 0.999999), "momentum");
    option(
        number("clipNorm", "largest norm of a step's gradient; 0 for none", 0, Double.MAX_VALUE),
        "clipNorm");
    option(number("ema", "decay of the weights' moving average; 0 for none", 0, 0.999999), "ema");
    option(
        text(
            "sharding",
            "what is sharded over the ranks",
            Arrays.stream(Sharding.values()).map(Sharding::toString).toList()),
        "sharding");
    option(text("gradients", "how gradients travel", List.of("float32", "bfloat16")), "gradients");
    option(
        text("validationMetric", "what chooses the epoch", List.of("loss", "accuracy")), "metric");
    option(whole("threads", "libtorch's threads a rank; sums depend on it"), "threads");
  }

  /** Who hears of the trainings. */
  TrainingListener listener() {
    return listener;
  }

  void setListener(TrainingListener hears) {
    listener = Objects.requireNonNull(hears);
  }

  /** The model whose weights training begins with. */
  Optional<FittedNetwork> earlier() {
    return earlier;
  }

  void setEarlier(Optional<FittedNetwork> model) {
    earlier = model;
  }

  /** Takes over what is no Param, for a copy of an estimator. */
  void copyOthers(TrainingParams from) {
    listener = from.listener;
    earlier = from.earlier;
  }

  /** Sets what holds where nothing else is; options of training have their defaults by network. */
  void setDefaults() {
    parent.setDefault(network, "mlp");
    parent.setDefault(networkOptions, "{}");
    parent.setDefault(numericCols, new String[0]);
    parent.setDefault(categoricalCols, new String[0]);
    parent.setDefault(dateCols, new String[0]);
    parent.setDefault(keyCols, new String[0]);
    parent.setDefault(validationShare, DEFAULT_SHARE);
    parent.setDefault(numericTransform, "auto");
    parent.setDefault(handleInvalid, "error");
    parent.setDefault(seed, 0L);
    parent.setDefault(rankAttempts, RendezvousOptions.defaults().attempts());
  }

  /** The Param of an option that is a text. */
  @SuppressWarnings("unchecked") // As the constructor made it.
  Param<String> text(String option) {
    return (Param<String>) options.get(option);
  }

  private void option(Param<?> param, String option) {
    options.put(option, param);
  }

  private Param<String> text(String name, String help, List<String> values) {
    return new Param<>(
        parent,
        name,
        "%s: %s".formatted(help, String.join(", ", values)),
        checked(
            name,
            v -> v != null && values.contains(v),
            "must be one of " + String.join(", ", values)));
  }

  /** A check whose error says what is allowed, which those of Spark's own do not. */
  private static <T> Function1<T, Object> checked(
      String name, Predicate<T> isAllowed, String allowed) {
    return value -> {
      if (!isAllowed.test(value)) {
        throw new IllegalArgumentException("%s is %s, but %s".formatted(name, value, allowed));
      }
      return true;
    };
  }

  private IntParam whole(String name, String help) {
    return new IntParam(
        parent, name, help, checked(name, v -> (Integer) v >= 1, "must be at least 1"));
  }

  private DoubleParam number(String name, String help, double least, double most) {
    String allowed = least == Double.MIN_VALUE ? "must be above 0" : "must be at least " + least;
    if (most < Double.MAX_VALUE) {
      allowed += " and at most " + most;
    }
    return new DoubleParam(
        parent, name, help, checked(name, v -> (Double) v >= least && (Double) v <= most, allowed));
  }

  /**
   * The network, and how it is trained, with all that is left open decided.
   *
   * @throws dev.lockstep.data.LockstepException if an option is wrong
   */
  Network resolved() {
    String name = (String) value(network);
    Map<String, Object> training = new HashMap<>();
    options.forEach(
        (option, param) -> {
          if (parent.isSet(param)) {
            Object set = value(param);
            training.put(option, option.equals("loss") ? loss((String) set) : set);
          }
        });
    Map<String, Object> own = new LinkedHashMap<>(own((String) value(networkOptions)));
    own.put(Network.TRAINING, training);
    return Network.of(new EstimatorSpec(name, own), TrainingOptions.empty());
  }

  /** The value of a Param, set or by default. */
  Object value(Param<?> param) {
    return parent.getOrDefault(param);
  }

  /** The value of a Param without a default; null where it is not set, or empty. */
  String textOrNull(Param<String> param) {
    return parent.isSet(param) && !((String) value(param)).isEmpty() ? (String) value(param) : null;
  }

  private static Object loss(String text) {
    return YamlFile.parse(
        "loss: " + text, "loss", "focal", root -> root.get("loss").as(Object.class));
  }

  @SuppressWarnings("unchecked") // The keys of YAML are texts.
  private static Map<String, Object> own(String text) {
    return YamlFile.parse(
        text,
        "networkOptions",
        "hidden: [256, 256]",
        root -> (Map<String, Object>) root.as(Object.class));
  }
}
