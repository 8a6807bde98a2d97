package dev.lockstep.distributor.loop;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.embedding.ShardedEmbeddings;
import dev.lockstep.distributor.rendezvous.RankContext;
import dev.lockstep.distributor.rendezvous.RankFunction;
import dev.lockstep.distributor.rows.RankRows;
import dev.lockstep.distributor.saved.NetworkFiles;
import dev.lockstep.distributor.saved.SavedModel;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.ModelCard;
import dev.lockstep.models.PortableNetwork;
import dev.lockstep.models.SavedEmbeddings;
import dev.lockstep.models.engine.ScriptException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
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
      RankResult trained = training.run();
      ModelCard card = plan.card(trained.weightsSha256());
      if (training.embeddings().isPresent()) {
        card = card.with(writeEmbeddings(context, training.embeddings().get()));
      }
      return result(context, training, files, trained.withSha256(card.sha256()), card);
    } catch (ScriptException e) {
      throw new LockstepException(e.getMessage(), "Repair the module that 'model' names", e);
    }
  }

  private RankResult result(
      RankContext context,
      RankTraining training,
      NetworkFiles files,
      RankResult result,
      ModelCard card)
      throws IOException {
    if (context.rank() != 0) {
      return result;
    }
    if (!plan.isKept()) {
      return KeepAlive.during(
          context.collective(),
          () -> result.with(PortableNetwork.of(training::writeWeights, card)));
    }
    KeepAlive.during(
        context.collective(),
        () ->
            SavedModel.write(
                training::writeWeights,
                card,
                NetworkFiles.of(files.network()),
                training.embeddings().map(e -> plan.embeddingsFolder()),
                plan.modelFolder(),
                context.hadoop()));
    return result;
  }

  /** Every rank writes the lanes that it owns; all ranks call it together. */
  private SavedEmbeddings.Manifest writeEmbeddings(RankContext context, ShardedEmbeddings tables)
      throws IOException {
    Path folder = new Path(plan.embeddingsFolder());
    FileSystem system = folder.getFileSystem(context.hadoop());
    ShardedEmbeddings.Part part =
        tables.hasKept() ? ShardedEmbeddings.Part.KEPT : ShardedEmbeddings.Part.VALUES;
    SavedEmbeddings.Lanes[] own =
        KeepAlive.during(
            context.collective(),
            () -> {
              List<SavedEmbeddings.Lanes> written = new ArrayList<>();
              for (ShardedEmbeddings.Run run : tables.runs()) {
                Path file = new Path(folder, SavedEmbeddings.Lanes.name(run.from()));
                try (FSDataOutputStream out = system.create(file, true)) {
                  String sha256 = tables.write(run, part, out);
                  written.add(new SavedEmbeddings.Lanes(run.from(), run.to(), sha256));
                }
              }
              return written.toArray(SavedEmbeddings.Lanes[]::new);
            });
    List<SavedEmbeddings.Lanes> all = new ArrayList<>();
    for (String ofRank : context.allGather(Json.line(own))) {
      all.addAll(List.of(Json.read(ofRank, SavedEmbeddings.Lanes[].class)));
    }
    return new SavedEmbeddings.Manifest(plan.seed(), all);
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
