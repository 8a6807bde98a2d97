package dev.lockstep.distributor.training;

import ai.djl.nn.Block;
import dev.lockstep.distributor.barrier.RankContext;
import dev.lockstep.distributor.rows.BatchPlan;
import dev.lockstep.distributor.rows.BatchReader;
import dev.lockstep.distributor.rows.RankRows;
import dev.lockstep.distributor.step.FlatParameters;
import dev.lockstep.distributor.training.RankCheckpoints.TrainedState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** The training loop of one rank. */
final class RankTraining implements AutoCloseable {
  private final RankContext context;
  private final TrainingPlan plan;
  private final TrainingSpec spec;
  private final RankRows rankRows;
  private final TimedCollective collective;
  private final Exchange exchange;
  private final RankNetwork network;
  private final FlatParameters parameters;
  private final Validator validator;
  private final Best best;
  private final Optional<MovingAverage> average;
  private final RankCheckpoints checkpoints;
  private final BatchPlan batches;
  private final boolean validates;
  private final long rows;
  private final List<Double> stepLosses = new ArrayList<>();
  private RunState state;

  RankTraining(RankContext context, TrainingPlan plan, RankRows rankRows) throws IOException {
    this.context = context;
    this.plan = plan;
    this.spec = plan.training();
    this.rankRows = rankRows;
    this.collective = new TimedCollective(context.collective());
    this.exchange = new Exchange(collective);
    this.network = new RankNetwork(plan, collective, exchange);
    this.parameters = network.parameters();
    this.validator =
        new Validator(rankRows, network.inference(), exchange, spec.lanes(), collective::progress);
    this.best = new Best(spec.metric());
    this.average =
        spec.ema() == 0 ? Optional.empty() : Optional.of(new MovingAverage(parameters, spec.ema()));
    this.checkpoints =
        new RankCheckpoints(context, collective, spec.checkpoint(), plan.checkpointFolder());
    double[] counts =
        totals((double) rankRows.train().rows(), (double) rankRows.validation().rows());
    this.rows = (long) counts[0];
    this.validates = counts[1] > 0;
    this.batches = BatchPlan.of(plan.seed(), rows, spec.batch(), spec.lanes());
    this.state = RunState.initial(plan.fingerprint(), spec.metric());
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
      state = checkpoints.resume(plan.fingerprint(), trained()).orElse(state);
    }
    long resumedAt = state.step();
    int steps = batches.steps();
    int firstEpoch = (int) (state.step() / steps);
    int firstStep = (int) (state.step() % steps);
    if (!isOver(firstEpoch)) {
      int parts = spec.accumulate();
      try (Lookout lookout =
              new Lookout(context, spec.epochs(), steps, rows, rankRows.train().rows());
          BatchReader reader =
              new BatchReader(
                  rankRows,
                  batches.inParts(parts),
                  firstEpoch,
                  firstStep * parts,
                  spec.epochs(),
                  "lockstep-batches-" + context.rank())) {
        for (int epoch = firstEpoch; !isOver(epoch); epoch++) {
          epoch(reader, epoch, epoch == firstEpoch ? firstStep : 0, lookout);
        }
      }
    }
    checkpoints.awaitWriter();
    if (validates) {
      best.apply(parameters);
    } else {
      average.ifPresent(a -> a.swap(parameters));
    }
    parameters.writeBack();
    String sha256 = agreedSha256();
    int kept = validates ? best.epoch() : state.history().size();
    return new RankResult(sha256, kept, stepLosses, state.history(), resumedAt);
  }

  private TrainedState trained() {
    return new TrainedState(parameters, network.optimizer(), spec.sharded(), best, average);
  }

  /** Whether training ends before an epoch, counted from 0. */
  private boolean isOver(int epoch) {
    boolean patient = !validates || epoch - best.epoch() < spec.patience();
    return epoch >= spec.epochs() || !patient;
  }

  private void epoch(BatchReader reader, int epoch, int firstStep, Lookout lookout)
      throws IOException, InterruptedException {
    long from = System.nanoTime();
    long waited = reader.waitedNanos();
    long communicated = collective.nanos();
    int steps = batches.steps();
    for (int step = firstStep; step < steps; step++) {
      context.checkAlive();
      boolean last = step == steps - 1;
      StepSums sums = step(reader, !last && checkpoints.due(state.step() + 1, false));
      lookout.step(
          epoch + 1,
          step + 1,
          state.lossSum() / state.weightSum(),
          reader.waitedNanos(),
          collective.nanos());
      if (sums.saves()) {
        checkpoints.save(state, trained());
      }
    }
    double seconds = (System.nanoTime() - from) / 1e9;
    EpochReport report =
        validated(
            epoch + 1,
            seconds,
            (reader.waitedNanos() - waited) / 1e9 / seconds,
            (collective.nanos() - communicated) / 1e9 / seconds);
    state = state.withEpoch(report, best);
    lookout.epoch(report);
    boolean saves = exchange.gather(checkpoints.due(state.step(), true) ? 1 : 0)[0][0] != 0;
    if (saves) {
      checkpoints.save(state, trained());
    }
  }

  private StepSums step(BatchReader reader, boolean saves) throws InterruptedException {
    StepSums sums = network.step(reader, saves, rate());
    if (sums.weight() > 0) {
      average.ifPresent(a -> a.update(parameters));
    }
    state = state.withStep(sums);
    stepLosses.add(sums.loss() / sums.weight());
    return sums;
  }

  private double rate() {
    double done = state.step() / ((double) batches.steps() * spec.epochs());
    return spec.learningRate() * spec.schedule().factor(done, spec.warmup());
  }

  private EpochReport validated(int epoch, double seconds, double dataShare, double share) {
    long from = System.nanoTime();
    Validator.Score score = new Validator.Score(Double.NaN, Double.NaN);
    boolean better = false;
    if (validates) {
      average.ifPresent(a -> a.swap(parameters));
      score = validator.score(plan.label().task());
      better = spec.metric().better(score.of(spec.metric()), best.metric());
      if (better) {
        best.keep(epoch, score.of(spec.metric()), parameters);
      }
      average.ifPresent(a -> a.swap(parameters));
    }
    return new EpochReport(
        epoch,
        state.lossSum() / state.weightSum(),
        score.loss(),
        score.of(spec.metric()),
        better,
        rate(),
        rows,
        seconds + (System.nanoTime() - from) / 1e9,
        dataShare,
        share);
  }

  /** Writes nothing, and refuses ranks whose weights have come apart. */
  private String agreedSha256() throws IOException {
    String mine = SavedModel.sha256(network.block());
    List<String> all = context.allGather(mine);
    if (new HashSet<>(all).size() > 1) {
      throw new IllegalStateException("expected equal weights on all ranks, got " + all);
    }
    return mine;
  }

  /** The network with its final weights. */
  Block network() {
    return network.block();
  }

  @Override
  public void close() {
    checkpoints.close();
    network.close();
  }
}
