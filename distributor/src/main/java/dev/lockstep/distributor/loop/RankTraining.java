package dev.lockstep.distributor.loop;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Sha256;
import dev.lockstep.distributor.collective.ScalarAllGather;
import dev.lockstep.distributor.collective.TimedCollective;
import dev.lockstep.distributor.embedding.ShardedEmbeddings;
import dev.lockstep.distributor.loop.RankCheckpoints.TrainedState;
import dev.lockstep.distributor.rendezvous.RankContext;
import dev.lockstep.distributor.rows.Batch;
import dev.lockstep.distributor.rows.BatchPlan;
import dev.lockstep.distributor.rows.BatchReader;
import dev.lockstep.distributor.rows.RankRows;
import dev.lockstep.distributor.spec.Sharding;
import dev.lockstep.distributor.spec.Training;
import dev.lockstep.distributor.step.FlatParameters;
import dev.lockstep.distributor.step.Inference;
import dev.lockstep.distributor.step.NonFiniteLossException;
import dev.lockstep.distributor.step.StepSums;
import dev.lockstep.distributor.step.TrainingStep;
import dev.lockstep.models.Weights;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** The training loop of one rank. */
final class RankTraining implements AutoCloseable {
  private final RankContext context;
  private final TrainingPlan plan;
  private final Training spec;
  private final RankRows rankRows;
  private final TimedCollective collective;
  private final ScalarAllGather exchange;
  private final TrainingStep network;
  private final FlatParameters parameters;
  private final Validator validator;
  private final BestWeights best;
  private final Optional<MovingAverage> average;
  private final RankCheckpoints checkpoints;
  private final BatchPlan batches;
  private final boolean validates;
  private final long rows;
  private double[] stepLosses = new double[1024];
  private int taken;
  private RunState state;

  /** The weights of sharded parameters, once training has ended; null otherwise. */
  private Path weightsFile;

  /** Whether the driver wants no more epochs. */
  private boolean stopped;

  RankTraining(RankContext context, TrainingPlan plan, RankRows rankRows) throws IOException {
    this.context = context;
    this.plan = plan;
    this.spec = plan.training();
    this.rankRows = rankRows;
    this.collective = new TimedCollective(context.collective());
    this.exchange = new ScalarAllGather(collective);
    this.network = plan.step(collective);
    this.parameters = network.parameters();
    this.validator =
        new Validator(
            rankRows,
            network.inference(),
            exchange,
            spec.parallelism().lanes(),
            collective::progress);
    this.best = new BestWeights(spec.stopping().metric());
    this.average =
        spec.ema() == 0 ? Optional.empty() : Optional.of(new MovingAverage(parameters, spec.ema()));
    this.checkpoints = new RankCheckpoints(context, collective, plan);
    double[] counts =
        totals((double) rankRows.train().rows(), (double) rankRows.validation().rows());
    this.rows = (long) counts[0];
    this.validates = counts[1] > 0;
    this.batches = BatchPlan.of(plan.seed(), rows, spec.batch().rows(), spec.parallelism().lanes());
    this.state = RunState.initial(plan.fingerprint(), spec.stopping().metric());
  }

  private double[] totals(double... own) {
    double[] sums = new double[own.length];
    for (double[] ofRank : exchange.gather(own)) {
      Arrays.setAll(sums, i -> sums[i] + ofRank[i]);
    }
    return sums;
  }

  /** Trains to the end, or on to the end from a checkpoint. */
  RankResult run() throws IOException, InterruptedException {
    if (plan.resume() || context.attempt() > 0) {
      state = checkpoints.resume(trained()).orElse(state);
    }
    long resumedAt = state.step();
    int steps = batches.steps();
    int firstEpoch = (int) (state.step() / steps);
    int firstStep = (int) (state.step() % steps);
    if (!isOver(firstEpoch)) {
      int parts = spec.batch().parts();
      try (ProgressReporter reporter =
              new ProgressReporter(
                  context, spec.stopping().epochs(), steps, rows, rankRows.train().rows());
          BatchReader reader =
              new BatchReader(
                  rankRows,
                  batches.inParts(parts),
                  firstEpoch,
                  firstStep * parts,
                  spec.stopping().epochs(),
                  "lockstep-batches-" + context.rank())) {
        for (int epoch = firstEpoch; !isOver(epoch); epoch++) {
          epoch(reader, epoch, epoch == firstEpoch ? firstStep : 0, reporter);
        }
      }
    }
    checkpoints.awaitWriter();
    if (validates) {
      best.apply(parameters);
    } else {
      average.ifPresent(a -> a.swap(parameters));
    }
    requireResult();
    String sha256 = agreedSha256();
    int kept = validates ? best.epoch() : state.history().size();
    // All ranks have the same losses; one of them tells the driver.
    double[] losses = context.rank() == 0 ? Arrays.copyOf(stepLosses, taken) : new double[0];
    return new RankResult(sha256, kept, losses, state.history(), resumedAt);
  }

  private TrainedState trained() {
    return new TrainedState(
        parameters,
        network.optimizer(),
        spec.parallelism().sharding(),
        best,
        average,
        network.embeddings());
  }

  /** Whether training ends before an epoch, counted from 0. */
  private boolean isOver(int epoch) {
    boolean patient = !stopped && (!validates || epoch - best.epoch() < spec.stopping().patience());
    return epoch >= spec.stopping().epochs() || !patient;
  }

  private void epoch(BatchReader reader, int epoch, int firstStep, ProgressReporter reporter)
      throws IOException, InterruptedException {
    long from = System.nanoTime();
    long waited = reader.waitedNanos();
    long communicated = collective.nanos();
    int steps = batches.steps();
    for (int step = firstStep; step < steps; step++) {
      context.checkAlive();
      boolean last = step == steps - 1;
      StepSums sums = step(reader, !last && checkpoints.due(state.step() + 1, false));
      reporter.step(
          epoch + 1,
          step + 1,
          state.lossSum() / state.weightSum(),
          reader.waitedNanos(),
          collective.nanos());
      if (sums.signal()) {
        requireFinite();
        checkpoints.save(state, trained());
      }
    }
    requireFinite();
    double seconds = (System.nanoTime() - from) / 1e9;
    EpochReport report =
        validated(
            epoch + 1,
            seconds,
            (reader.waitedNanos() - waited) / 1e9 / seconds,
            (collective.nanos() - communicated) / 1e9 / seconds);
    state = state.withEpoch(report, best);
    reporter.epoch(report);
    boolean asked =
        context.rank() == 0 && KeepAlive.during(collective, () -> context.ask(Json.line(report)));
    double due = checkpoints.due(state.step(), true) ? 1 : 0;
    double[] first = exchange.gather(due, asked ? 1 : 0)[0];
    stopped = first[1] != 0;
    if (first[0] != 0) {
      checkpoints.save(state, trained());
    }
  }

  private StepSums step(BatchReader reader, boolean saves) throws InterruptedException {
    StepSums sums;
    try {
      sums = network.step(reader, saves, rate());
    } catch (NonFiniteLossException e) {
      throw diverged(e.getMessage());
    }
    if (sums.weight() > 0) {
      average.ifPresent(a -> a.update(parameters));
    }
    state = state.withStep(sums);
    if (taken == stepLosses.length) {
      stepLosses = Arrays.copyOf(stepLosses, 2 * taken);
    }
    stepLosses[taken++] = sums.loss() / sums.weight();
    return sums;
  }

  private double rate() {
    double done = state.step() / ((double) batches.steps() * spec.stopping().epochs());
    Training.LearningRate rate = spec.learningRate();
    return rate.base() * rate.schedule().factor(done, rate.warmup());
  }

  private EpochReport validated(int epoch, double seconds, double dataShare, double share) {
    long from = System.nanoTime();
    Validator.Score score = new Validator.Score(Double.NaN, Double.NaN);
    boolean better = false;
    if (validates) {
      average.ifPresent(a -> a.swap(parameters));
      score = validator.score(plan.label().task());
      // Of NaN an accuracy can still be computed.
      better =
          Double.isFinite(score.loss())
              && spec.stopping().metric().better(score.of(spec.stopping().metric()), best.metric());
      if (better) {
        best.keep(epoch, score.of(spec.stopping().metric()), parameters);
        network.embeddings().ifPresent(ShardedEmbeddings::keep);
      }
      average.ifPresent(a -> a.swap(parameters));
    }
    return new EpochReport(
        epoch,
        state.step(),
        state.lossSum() / state.weightSum(),
        score.loss(),
        score.of(spec.stopping().metric()),
        better,
        rate(),
        rows,
        seconds + (System.nanoTime() - from) / 1e9,
        dataShare,
        share);
  }

  /**
   * Refuses weights that are not finite: the last update has made them so, for its own loss was
   * finite. They never become a checkpoint or a result. All ranks find the same.
   */
  private void requireFinite() {
    if (!isFinite() || !network.embeddings().map(ShardedEmbeddings::isFinite).orElse(true)) {
      int steps = batches.steps();
      throw diverged(
          "the weights are not finite after epoch %d, step %d"
              .formatted((state.step() - 1) / steps + 1, (state.step() - 1) % steps + 1));
    }
  }

  /** Whether the weights are; all ranks find the same. */
  private boolean isFinite() {
    boolean own = parameters.isFinite();
    return spec.parallelism().sharding() == Sharding.FULL ? totals(own ? 0 : 1)[0] == 0 : own;
  }

  /** Refuses a network that is of no use: of no finite weights, or of no finite losses. */
  private void requireResult() throws InterruptedException {
    requireFinite();
    int epochs = state.history().size();
    if (validates && best.epoch() == 0) {
      throw diverged(
          "the validation loss is %s in epoch %d and was not finite in any epoch before"
              .formatted(state.history().get(epochs - 1).validationLoss(), epochs));
    }
    if (!validates) {
      double loss = lossOfOneStep();
      if (!Double.isFinite(loss)) {
        throw diverged("the loss is %s after epoch %d".formatted(loss, epochs));
      }
    }
  }

  /** Without validation rows nothing has judged the last update: the rows of a step do. */
  private double lossOfOneStep() throws InterruptedException {
    double sum = 0;
    try (BatchReader reader =
        new BatchReader(
            rankRows,
            batches.inParts(spec.batch().parts()),
            0,
            0,
            1,
            "lockstep-batches-" + context.rank())) {
      Batch batch = reader.next();
      if (batch.rows() > 0 || network.inference().isShared()) {
        Inference.RowScores scores = network.inference().score(batch, false);
        for (int row = 0; row < batch.rows(); row++) {
          sum += scores.weight(row) * (double) scores.loss(row);
        }
      }
    }
    return totals(sum)[0];
  }

  private LockstepException diverged(String problem) {
    return new LockstepException(
        "training of %s diverged: %s; %s".formatted(plan.model(), problem, lastFiniteLoss()),
        "Lower training.learningRate, or clip gradients, such as with training.clipNorm: 1; look for"
            + " extreme values in the features and the label");
  }

  private String lastFiniteLoss() {
    for (int i = taken - 1; i >= 0; i--) {
      if (Double.isFinite(stepLosses[i])) {
        return "the last finite loss of a step was %.6g".formatted(stepLosses[i]);
      }
    }
    return "no step had a finite loss";
  }

  /**
   * Refuses ranks whose weights have come apart. Sharded ones pass every rank here one after the
   * other, and stay on the local disk of rank 0 until they are saved.
   */
  private String agreedSha256() throws IOException {
    boolean keeps = context.rank() == 0 && spec.parallelism().sharding() == Sharding.FULL;
    if (keeps) {
      weightsFile = Files.createTempFile(context.localDirectory(), "lockstep-weights-", "");
    }
    String mine;
    try (OutputStream out =
        keeps
            ? new BufferedOutputStream(Files.newOutputStream(weightsFile))
            : OutputStream.nullOutputStream()) {
      mine = Weights.write(network.block(), network.weights(), out);
    }
    List<String> all = context.allGather(mine);
    if (new HashSet<>(all).size() > 1) {
      throw new IllegalStateException("expected equal weights on all ranks, got " + all);
    }
    return mine;
  }

  /** The rows of sharded tables that this rank owns; empty where the network has none. */
  Optional<ShardedEmbeddings> embeddings() {
    return network.embeddings();
  }

  /** Writes the final weights; rank 0 alone has all of them. */
  String writeWeights(OutputStream out) throws IOException {
    if (weightsFile == null) {
      if (spec.parallelism().sharding() == Sharding.FULL) {
        throw new IllegalStateException("expected rank 0, got " + context.rank());
      }
      return Weights.write(network.block(), network.weights(), out);
    }
    Files.copy(weightsFile, out);
    return Sha256.of(weightsFile);
  }

  @Override
  public void close() throws IOException {
    checkpoints.close();
    network.close();
    if (weightsFile != null) {
      Files.deleteIfExists(weightsFile);
    }
  }
}
