package dev.lockstep.evaluation.baselines;

import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.internal.spark.InternalRows;
import dev.lockstep.distributor.rendezvous.RankContext;
import dev.lockstep.distributor.rendezvous.RankFunction;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.Communicator;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.RabitTracker;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Boosts trees on a rank's rows, in step with the other ranks. The model that comes back has
 * XGBoost's own attribute {@code best_iteration}.
 *
 * <p>XGBoost4J-Spark's estimator does the same but for two things: it prints a line for each round
 * on the driver's terminal, which nothing turns off, and what it returns scores by all trees.
 */
final class XgboostTraining implements RankFunction<byte[]> {
  private static final long serialVersionUID = 1;

  /** What {@link #run} reads. */
  static final Column[] COLUMNS =
      Stream.of(
              EncodedRows.LABEL,
              EncodedRows.WEIGHT,
              Baseline.HELD_OUT,
              EncodedRows.NUMERIC,
              EncodedRows.CATEGORICAL)
          .map(name -> col(name))
          .toArray(Column[]::new);

  private static final int LABEL = 0;
  private static final int WEIGHT = 1;
  private static final int HELD_OUT = 2;
  private static final int NUMERIC = 3;
  private static final int CATEGORICAL = 4;

  /** Seconds after which a rank that others wait for is given up. */
  private static final int TIMEOUT = 300;

  private static final String VALIDATION = "validation";

  private final Map<String, Object> parameters;
  private final int rounds;
  private final int patience;

  /**
   * Training.
   *
   * @param parameters XGBoost's
   * @param rounds most rounds
   * @param patience rounds without a smaller validation loss after which it ends; empty without
   *     validation rows, where all rounds are made
   */
  XgboostTraining(Map<String, Object> parameters, int rounds, Optional<Integer> patience) {
    this.parameters = new LinkedHashMap<>(parameters);
    this.rounds = rounds;
    this.patience = patience.orElse(0);
  }

  @Override
  public byte[] run(RankContext context, Iterator<InternalRow> rows) throws Exception {
    Samples train = new Samples();
    Samples validation = new Samples();
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      (row.getBoolean(HELD_OUT) ? validation : train).add(row);
    }
    Group group = new Group(context);
    try {
      group.join();
      byte[] model = boosted(context, train, validation);
      group.leave();
      return model;
    } catch (Exception | Error e) {
      group.abandon();
      throw e;
    }
  }

  private byte[] boosted(RankContext context, Samples train, Samples validation)
      throws XGBoostError {
    // A rank without rows has no width of its own.
    int width =
        context.allGather(String.valueOf(train.width())).stream()
            .mapToInt(Integer::parseInt)
            .max()
            .orElseThrow();
    int numbers =
        context.allGather(String.valueOf(train.numeric)).stream()
            .mapToInt(Integer::parseInt)
            .max()
            .orElseThrow();
    Map<String, Object> all = new LinkedHashMap<>(parameters);
    all.put("nthread", SparkEnv.get().conf().getInt("spark.task.cpus", 1));
    DMatrix learned = train.matrix(width, numbers);
    DMatrix judged = validation.matrix(width, numbers);
    Booster booster =
        XGBoost.train(learned, all, 0, Map.of("train", learned, VALIDATION, judged), null, null);
    try {
      int best = -1;
      double least = Double.POSITIVE_INFINITY;
      for (int round = 0; round < rounds; round++) {
        context.checkAlive();
        booster.update(learned, round);
        if (patience == 0) {
          best = round;
          context.report(RoundsListener.message(round + 1, Double.NaN));
          continue;
        }
        double loss = loss(booster, judged, round);
        if (loss < least) {
          best = round;
          least = loss;
        }
        context.report(RoundsListener.message(round + 1, least));
        if (round - best >= patience) {
          break;
        }
      }
      // Where no loss is finite, all rounds count.
      int kept = best < 0 ? booster.getNumBoostedRound() - 1 : best;
      booster.setAttr(XgboostScoring.BEST, String.valueOf(kept));
      return context.rank() == 0 ? booster.toByteArray() : new byte[0];
    } finally {
      booster.dispose();
      learned.dispose();
      judged.dispose();
    }
  }

  /** XGBoost says it in words: {@code [7] validation-rmse:0.25}. */
  private static double loss(Booster booster, DMatrix rows, int round) throws XGBoostError {
    String said = booster.evalSet(new DMatrix[] {rows}, new String[] {VALIDATION}, round);
    String value = said.substring(said.lastIndexOf(':') + 1).strip();
    return value.matches("-?[0-9].*") ? Double.parseDouble(value) : Double.NaN; // nan, inf
  }

  /** The ranks as XGBoost knows them; alone, a rank opens no port. */
  private static final class Group {
    private final RankContext context;
    private Optional<RabitTracker> tracker = Optional.empty();
    private boolean joined;

    Group(RankContext context) {
      this.context = context;
    }

    void join() throws Exception {
      if (context.worldSize() == 1) {
        return;
      }
      String mine = "";
      if (context.rank() == 0) {
        String host = SparkEnv.get().blockManager().blockManagerId().host();
        String address = InetAddress.getByName(host).getHostAddress();
        tracker = Optional.of(new RabitTracker(context.worldSize(), address, 0, TIMEOUT));
        if (!tracker.get().start()) {
          throw new IllegalStateException("XGBoost's tracker did not start");
        }
        mine = Json.line(tracker.get().getWorkerArgs());
      }
      Map<String, Object> arguments = new LinkedHashMap<>();
      Map<?, ?> told = Json.read(context.allGather(mine).get(0), Map.class);
      told.forEach((name, value) -> arguments.put(String.valueOf(name), value));
      arguments.put("dmlc_task_id", String.valueOf(context.rank()));
      arguments.put("dmlc_timeout", TIMEOUT);
      Communicator.init(arguments);
      joined = true;
    }

    void leave() throws XGBoostError {
      if (joined) {
        Communicator.shutdown();
      }
      if (tracker.isPresent()) {
        tracker.get().stop(); // It waits for the other ranks to leave.
      }
    }

    /**
     * After a failure. The tracker would wait for ranks that never leave, and nothing interrupts
     * it, so a thread of its own does; the failure's cause must not wait.
     */
    void abandon() {
      if (joined) {
        quietly(Communicator::shutdown);
      }
      tracker.ifPresent(
          left -> {
            Thread stop = new Thread(() -> quietly(left::stop), "lockstep-xgboost-tracker");
            stop.setDaemon(true);
            stop.start();
          });
    }

    private void quietly(Leaving leaving) {
      try {
        leaving.run();
      } catch (XGBoostError e) {
        context.note("XGBoost's ranks could not part: " + e.getMessage());
      }
    }

    /** A call of XGBoost's. */
    private interface Leaving {
      void run() throws XGBoostError;
    }
  }

  /** Rows as XGBoost wants them. */
  private static final class Samples {
    private final List<float[]> features = new ArrayList<>();
    private final List<Float> labels = new ArrayList<>();
    private final List<Float> weights = new ArrayList<>();
    private int numeric;

    void add(InternalRow row) {
      float[] numbers = InternalRows.floats(row, NUMERIC);
      int[] categories = InternalRows.ints(row, CATEGORICAL);
      float[] all = new float[numbers.length + categories.length];
      System.arraycopy(numbers, 0, all, 0, numbers.length);
      for (int i = 0; i < categories.length; i++) {
        all[numbers.length + i] = categories[i];
      }
      numeric = numbers.length;
      features.add(all);
      labels.add((float) row.getDouble(LABEL));
      weights.add((float) row.getDouble(WEIGHT));
    }

    int width() {
      return features.isEmpty() ? 0 : features.get(0).length;
    }

    DMatrix matrix(int width, int numbers) throws XGBoostError {
      int rows = features.size();
      if ((long) rows * width > Integer.MAX_VALUE - 8) {
        throw new LockstepException(
            "xgboost has %,d rows of %,d features on one rank, which is more than it takes"
                .formatted(rows, width),
            "Give xgboost more  ranks");
      }
      float[] values = new float[rows * width];
      for (int i = 0; i < rows; i++) {
        System.arraycopy(features.get(i), 0, values, i * width, width);
      }
      DMatrix matrix = new DMatrix(values, rows, width, Float.NaN);
      matrix.setLabel(floats(labels));
      matrix.setWeight(floats(weights));
      String[] types = new String[width];
      for (int f = 0; f < width; f++) {
        types[f] = f < numbers ? "float" : "c";
      }
      matrix.setFeatureTypes(types);
      return matrix;
    }

    private static float[] floats(List<Float> values) {
      float[] all = new float[values.size()];
      for (int i = 0; i < all.length; i++) {
        all[i] = values.get(i);
      }
      return all;
    }
  }
}
