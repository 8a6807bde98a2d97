package dev.lockstep.distributor.training;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import dev.lockstep.distributor.barrier.RankContext;
import dev.lockstep.distributor.columns.Batch;
import dev.lockstep.distributor.columns.BatchPlan;
import dev.lockstep.distributor.columns.BatchReader;
import dev.lockstep.distributor.columns.RankColumns;
import dev.lockstep.distributor.optimizer.Optimizer;
import dev.lockstep.distributor.step.FlatParameters;
import dev.lockstep.distributor.step.Gradients;
import dev.lockstep.distributor.step.Inference;
import dev.lockstep.distributor.step.Update;
import dev.lockstep.distributor.training.RankCheckpoints.TrainedState;
import dev.lockstep.models.Loss;
import dev.lockstep.models.Networks;
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
  private final RankColumns columns;
  private final TimedCollective collective;
  private final Exchange exchange;
  private final NDManager manager;
  private final Block block;
  private final FlatParameters parameters;
  private final Optimizer optimizer;
  private final Gradients gradients;
  private final Update update;
  private final Validator validator;
  private final Best best;
  private final Optional<MovingAverage> average;
  private final RankCheckpoints checkpoints;
  private final BatchPlan batches;
  private final boolean validates;
  private final long rows;
  private final List<Double> stepLosses = new ArrayList<>();
  private RunState state;

  RankTraining(RankContext context, TrainingPlan plan, RankColumns columns) throws IOException {
    this.context = context;
    this.plan = plan;
    this.spec = plan.training();
    this.columns = columns;
    this.collective = new TimedCollective(context.collective());
    this.exchange = new Exchange(collective);
    this.manager = Machine.open(spec.threads());
    this.block =
        Networks.create(manager, plan.estimator(), plan.schema(), plan.outputs(), plan.seed());
    this.parameters = new FlatParameters(block, manager);
    this.optimizer = plan.optimizer(parameters, collective);
    Loss loss = plan.loss();
    Gradients.Inputs inputs =
        new Gradients.Inputs(
            plan.features().numeric().size(), plan.features().categorical().size());
    this.gradients =
        new Gradients(block, parameters, loss, inputs, collective, plan.seed(), manager);
    double clip = spec.clipNorm() == 0 ? Double.POSITIVE_INFINITY : spec.clipNorm();
    this.update = new Update(collective, parameters, optimizer, clip);
    this.validator =
        new Validator(
            columns,
            new Inference(block, parameters, loss, inputs, manager),
            exchange,
            spec.lanes(),
            collective::progress);
    this.best = new Best(spec.metric());
    this.average =
        spec.ema() == 0 ? Optional.empty() : Optional.of(new MovingAverage(parameters, spec.ema()));
    this.checkpoints =
        new RankCheckpoints(context, collective, spec.checkpoint(), plan.checkpointFolder());
    double[] counts = totals((double) columns.train().rows(), (double) columns.validation().rows());
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
      Lookout lookout = new Lookout(context, spec.epochs(), steps);
      int parts = spec.accumulate();
      try (BatchReader reader =
          new BatchReader(
              columns,
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
    return new TrainedState(parameters, optimizer, best, average);
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
          rows / steps,
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

  /** Forward, backward, all-reduce, clip, update: one step of all ranks. */
  private StepSums step(BatchReader reader, boolean saves) throws InterruptedException {
    gradients.begin();
    double weight = 0;
    for (int part = 0; part < spec.accumulate(); part++) {
      Batch batch = reader.next();
      gradients.add(batch);
      weight += batch.weightSum();
      reader.giveBack(batch);
    }
    StepSums sums = StepSums.over(exchange, gradients.lossSum(), weight, saves);
    if (sums.weight() > 0) {
      update.apply(gradients.sum(), sums.weight(), rate());
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
    String mine = SavedModel.sha256(block);
    List<String> all = context.allGather(mine);
    if (new HashSet<>(all).size() > 1) {
      throw new IllegalStateException("expected equal weights on all ranks, got " + all);
    }
    return mine;
  }

  /** The network with its final weights. */
  Block network() {
    return block;
  }

  @Override
  public void close() {
    checkpoints.close();
    gradients.close();
    parameters.close();
    manager.close();
  }
}
