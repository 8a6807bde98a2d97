package dev.lockstep.distributor.loop;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.rendezvous.RankContext;
import dev.lockstep.distributor.rendezvous.RankFunction;
import dev.lockstep.distributor.rows.RankRows;
import dev.lockstep.distributor.saved.NetworkFiles;
import dev.lockstep.distributor.saved.SavedModel;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.ModelCard;
import dev.lockstep.models.PortableNetwork;
import dev.lockstep.models.engine.ScriptException;
import java.io.IOException;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * What a rank does to train: its rows to disk, the loop, and on rank 0 the model to its folder or
 * to the driver.
 */
public final class TrainingFunction implements RankFunction<RankResult> {
  private static final long serialVersionUID = 1;

  private final TrainingPlan plan;

  /** What each rank of a plan runs. */
  public TrainingFunction(TrainingPlan plan) {
    this.plan = plan;
  }

  @Override
  public RankResult run(RankContext context, Iterator<InternalRow> rows) throws Exception {
    EstimatorSpec network = plan.estimator();
    try (RankRows rankRows = read(context, rows);
        NetworkFiles files = files(network, context);
        RankTraining training = new RankTraining(context, plan.with(files), rankRows)) {
      RankResult result = training.run();
      if (context.rank() == 0) {
        ModelCard card = plan.card(result.weightsSha256());
        if (!plan.isKept()) {
          return KeepAlive.during(
              context.collective(),
              () -> result.with(PortableNetwork.of(training.network(), card)));
        }
        KeepAlive.during(
            context.collective(),
            () ->
                SavedModel.write(
                    training.network(),
                    card,
                    NetworkFiles.of(files.network()),
                    plan.modelFolder(),
                    context.hadoop()));
      }
      return result;
    } catch (ScriptException e) {
      throw new LockstepException(e.getMessage(), "Repair the module that 'model' names", e);
    }
  }

  /** A training without a folder has no files: the driver has seen to that. */
  private NetworkFiles files(EstimatorSpec network, RankContext context) throws IOException {
    return plan.isKept()
        ? NetworkFiles.fetch(
            network, plan.filesFolder(), context.localDirectory(), context.hadoop())
        : NetworkFiles.none(network);
  }

  private RankRows read(RankContext context, Iterator<InternalRow> rows) throws IOException {
    RankRows.Layout layout =
        RankRows.Layout.of(
            plan.features(),
            plan.label(),
            plan.training().parallelism().lanes(),
            context.rank(),
            context.worldSize());
    return KeepAlive.during(
        context.collective(), () -> new RankRows(rows, layout, context.localDirectory()));
  }
}
