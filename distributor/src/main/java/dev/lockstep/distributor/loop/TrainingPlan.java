package dev.lockstep.distributor.loop;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.distributor.checkpoint.Checkpoint;
import dev.lockstep.distributor.checkpoint.CheckpointStore;
import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.ScalarAllGather;
import dev.lockstep.distributor.collective.Shard;
import dev.lockstep.distributor.embedding.RowOptimizer;
import dev.lockstep.distributor.embedding.ShardedEmbeddings;
import dev.lockstep.distributor.optimizer.AdamW;
import dev.lockstep.distributor.optimizer.Optimizer;
import dev.lockstep.distributor.optimizer.ParameterGroup;
import dev.lockstep.distributor.optimizer.Sgd;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.distributor.saved.NetworkFiles;
import dev.lockstep.distributor.spec.CheckpointSpec;
import dev.lockstep.distributor.spec.EstimatorMistake;
import dev.lockstep.distributor.spec.Sharding;
import dev.lockstep.distributor.spec.Training;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.distributor.step.FlatParameters;
import dev.lockstep.distributor.step.Gradients;
import dev.lockstep.distributor.step.TrainingStep;
import dev.lockstep.models.EmbeddingLayout;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.Link;
import dev.lockstep.models.Loss;
import dev.lockstep.models.ModelCard;
import dev.lockstep.models.ModelFamily;
import dev.lockstep.models.Networks;
import dev.lockstep.models.PortableNetwork;
import dev.lockstep.models.TabularBlock;
import dev.lockstep.models.engine.Libtorch;
import java.io.IOException;
import java.io.Serializable;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * All that a rank is told: small, serialisable, and the same for every rank.
 *
 * @param model the network's name
 * @param options the network's options
 * @param features what it is fed
 * @param label what it predicts
 * @param training how it is trained
 * @param seed seed of the run
 * @param fingerprint names the run's inputs; a checkpoint of other inputs is not resumed
 * @param folder where it is kept, on a file system that the driver and all ranks reach; null where
 *     rank 0 gives the network to the driver, and there are no checkpoints
 * @param initial the network whose weights it begins with; null for those that the seed gives
 * @param resume whether the first attempt goes on from a checkpoint, as later ones do
 */
public record TrainingPlan(
    String model,
    HashMap<String, Object> options,
    FeatureLayout features,
    LabelLayout label,
    Training training,
    long seed,
    String fingerprint,
    ModelFolder folder,
    PortableNetwork initial,
    boolean resume)
    implements Serializable {

  /** Tells the ranks of one JVM from those of others, which may have its process id. */
  private static final double THIS_JVM = new SecureRandom().nextDouble();

  /** The network by name and options. */
  public EstimatorSpec estimator() {
    return new EstimatorSpec(model, options);
  }

  FeatureSchema schema() {
    return new FeatureSchema(
        features.numeric().size(),
        features.numeric().stream().map(FeatureLayout.Numeric::edges).toList(),
        features.categorical().stream().map(FeatureLayout.Categorical::size).toList());
  }

  int outputs() {
    return label.task() == Task.MULTICLASS ? label.classes().size() : 1;
  }

  /** What the experiment says, else what the network does best with, else what fits the task. */
  Loss loss() {
    return training
        .loss()
        .or(() -> ModelFamily.named(model).loss(link()))
        .map(wanted -> Loss.of(wanted, link(), outputs()))
        .orElseGet(() -> Loss.of(link(), outputs()));
  }

  Link link() {
    return switch (label.task()) {
      case BINARY -> Link.SIGMOID;
      case MULTICLASS -> Link.SOFTMAX;
      case REGRESSION -> Link.IDENTITY;
    };
  }

  /**
   * Refuses options that the model does not know, before any rank is started.
   *
   * @throws LockstepException naming the option
   */
  public void check() {
    training.options().refuseFor(label.task());
    if (initial != null) {
      checkInitial(initial.card());
    }
    try {
      ModelFamily family = ModelFamily.named(model);
      family.build(schema(), outputs(), options);
      family.checkTrainable(schema(), outputs(), options);
      loss();
    } catch (IllegalArgumentException e) {
      throw EstimatorMistake.of(e, "model");
    }
    if (isSharded()) {
      checkUnits();
    }
    if (training.ema() != 0 && hasShardedTables()) {
      throw new LockstepException(
          "training.ema is %s, but %s has sharded embeddings, of which a step changes only the rows that it touches"
              .formatted(training.ema(), model),
          "Leave training.ema out, or 'embeddings: sharded'");
    }
  }

  private void checkUnits() {
    if (!ModelFamily.named(model).hasUnits()
        || TabularBlock.units(Networks.build(estimator(), schema(), outputs())).isEmpty()) {
      throw new LockstepException(
          "training.sharding is full, but %s does not compute with its parameters unit by unit"
              .formatted(model),
          "Say 'sharding: optimizer', which gives the same weights, or take another network");
    }
  }

  private void checkInitial(ModelCard card) {
    boolean same =
        card.model().equals(estimator())
            && card.schema().equals(schema())
            && card.outputs() == outputs();
    if (!same) {
      throw new LockstepException(
          "training of %s cannot begin with the weights of %s: network, options, features and classes must be the same"
              .formatted(estimator(), card.model()),
          "Set the options that the earlier model was trained with, or begin anew");
    }
  }

  /** A rank's replica of the network, and the step that trains it. */
  public TrainingStep step(Collective collective) {
    NDManager manager = Libtorch.manager(training.parallelism().threads());
    Block network = Networks.outline(manager, estimator(), schema(), outputs());
    TrainingStep step =
        new TrainingStep(
            manager,
            network,
            loss(),
            new Gradients.Inputs(features.numeric().size(), features.categorical().size()),
            seed,
            new TrainingStep.Options(
                training.batch().parts(),
                training.parallelism().sharding(),
                training.parallelism().gradients(),
                training.clipNorm(),
                isSharded() && hasFreeCores(collective)),
            collective,
            EmbeddingLayout.of(network, schema(), seed)
                .map(layout -> new ShardedEmbeddings(collective, layout, this::rowOptimizer)),
            parameters -> optimizer(parameters, collective));
    begin(network, step.parameters());
    return step;
  }

  /** Whether every rank has a core beside those that it computes on; all ranks ask together. */
  private boolean hasFreeCores(Collective collective) {
    ScalarAllGather exchange = new ScalarAllGather(collective);
    int local = 0;
    for (double[] other : exchange.gather(THIS_JVM)) {
      local += other[0] == THIS_JVM ? 1 : 0;
    }
    int busy = local * training.parallelism().threads();
    double free = Runtime.getRuntime().availableProcessors() >= 2 * busy ? 1 : 0;
    return Arrays.stream(exchange.gather(free)).allMatch(ofRank -> ofRank[0] == 1);
  }

  private boolean isSharded() {
    return training.parallelism().sharding() == Sharding.FULL;
  }

  private RowOptimizer rowOptimizer(EmbeddingLayout layout) {
    TrainingOptions numbers = training.options();
    return switch (training.embeddingOptimizer()) {
      case ADAMW ->
          new RowOptimizer.LazyAdam(
              layout.width(), numbers.beta1(), numbers.beta2(), numbers.epsilon());
      case ADAGRAD -> new RowOptimizer.RowWiseAdagrad(layout.widths(), numbers.epsilon());
      case SGD -> new RowOptimizer.PlainSgd(layout.width());
    };
  }

  /** Whether the network has tables whose rows are sharded over the ranks. */
  public boolean hasShardedTables() {
    return EmbeddingLayout.of(Networks.build(estimator(), schema(), outputs()), schema(), seed)
        .isPresent();
  }

  /** Gives a network the weights that it begins with. */
  private void begin(Block network, FlatParameters parameters) {
    if (initial == null) {
      Networks.initialValues(network, seed, parameters::set);
      return;
    }
    try {
      initial.copyTo(network, parameters::set);
    } catch (IOException e) {
      throw new IllegalStateException("expected a network of the same kind", e);
    }
  }

  /** The optimizer of a rank: for its shard, or for everything where states are not sharded. */
  private Optimizer optimizer(FlatParameters parameters, Collective collective) {
    int held = parameters.pieces().length();
    Shard slice =
        training.parallelism().sharding() == Sharding.OPTIMIZER
            ? collective.shard(held)
            : new Shard(0, held);
    TrainingOptions numbers = training.options();
    List<ParameterGroup> groups = parameters.groups(numbers.weightDecay());
    return switch (training.optimizer()) {
      case ADAMW -> new AdamW(slice, groups, numbers.beta1(), numbers.beta2(), numbers.epsilon());
      case SGD -> new Sgd(slice, groups, numbers.momentum());
    };
  }

  /** The card of the trained network. */
  public ModelCard card(String weightsSha256) {
    return new ModelCard(
        ModelCard.FORMAT,
        estimator(),
        schema(),
        outputs(),
        link(),
        label.classes(),
        label.mean(),
        label.deviation(),
        weightsSha256);
  }

  /** The same, with the network made of files that are elsewhere. */
  TrainingPlan with(NetworkFiles files) {
    return new TrainingPlan(
        model,
        new HashMap<>(files.network().options()),
        features,
        label,
        training,
        seed,
        fingerprint,
        folder,
        initial,
        resume);
  }

  /** Where ranks find the files that the network is made of. */
  public String filesFolder() {
    return folder.path() + "/network";
  }

  /** Where ranks write the rows of sharded tables, until all are there and move to the model. */
  String embeddingsFolder() {
    return folder.path() + "/embeddings";
  }

  /** Where the trained network is saved. */
  public String modelFolder() {
    return folder.path() + "/model";
  }

  /** Whether the network goes to a folder, and not to the driver. */
  public boolean isKept() {
    return folder != null;
  }

  /**
   * The training's checkpoints: beside the model, or in a folder of their own below a named one;
   * none where nothing is kept.
   */
  public Optional<CheckpointStore> checkpoints(Configuration hadoop) throws IOException {
    if (!isKept()) {
      return Optional.empty();
    }
    CheckpointSpec spec = training.checkpoint();
    String given = spec.directory();
    return Optional.of(
        new CheckpointStore(
            given == null ? folder.path() : given,
            given == null ? "checkpoints" : folder.name(),
            hadoop,
            spec.keep(),
            fingerprint));
  }

  /** Whether a checkpoint is of a training with these inputs. */
  public boolean isOwn(Checkpoint checkpoint) {
    return RunState.fromJson(checkpoint.header()).fingerprint().equals(fingerprint);
  }
}
