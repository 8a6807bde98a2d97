package dev.lockstep.distributor.training;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.optimizer.Optimizer;
import dev.lockstep.distributor.rows.Batch;
import dev.lockstep.distributor.rows.BatchReader;
import dev.lockstep.distributor.step.FlatParameters;
import dev.lockstep.distributor.step.Gradients;
import dev.lockstep.distributor.step.Inference;
import dev.lockstep.distributor.step.Update;
import dev.lockstep.models.Loss;
import dev.lockstep.models.Networks;
import dev.lockstep.models.engine.Libtorch;

/** A rank's copy of the network, and the step that keeps all copies equal. */
final class RankNetwork implements AutoCloseable {
  private final NDManager manager;
  private final Exchange exchange;
  private final Block block;
  private final FlatParameters parameters;
  private final Optimizer optimizer;
  private final Gradients gradients;
  private final Update update;
  private final Inference inference;
  private final int parts;

  RankNetwork(TrainingPlan plan, Collective collective, Exchange exchange) {
    TrainingSpec spec = plan.training();
    this.exchange = exchange;
    this.parts = spec.accumulate();
    this.manager = Libtorch.manager(spec.threads());
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
    this.inference = new Inference(block, parameters, loss, inputs, manager);
    double clip = spec.clipNorm() == 0 ? Double.POSITIVE_INFINITY : spec.clipNorm();
    this.update =
        new Update(collective, parameters, optimizer, spec.sharded(), spec.gradients(), clip);
  }

  /**
   * Forward, backward, all-reduce, clip, update: one step of all ranks.
   *
   * @param reader gives this rank's rows of the step
   * @param saves whether this rank, if it is rank 0, wants a checkpoint after the step
   * @param rate learning rate
   */
  StepSums step(BatchReader reader, boolean saves, double rate) throws InterruptedException {
    gradients.begin();
    double weight = 0;
    for (int part = 0; part < parts; part++) {
      Batch batch = reader.next();
      gradients.add(batch);
      weight += batch.weightSum();
      reader.giveBack(batch);
    }
    StepSums sums = StepSums.over(exchange, gradients.lossSum(), weight, saves);
    if (sums.weight() > 0) {
      update.apply(gradients.sum(), sums.weight(), rate);
    }
    return sums;
  }

  Block block() {
    return block;
  }

  FlatParameters parameters() {
    return parameters;
  }

  Optimizer optimizer() {
    return optimizer;
  }

  Inference inference() {
    return inference;
  }

  @Override
  public void close() {
    gradients.close();
    parameters.close();
    manager.close();
  }
}
