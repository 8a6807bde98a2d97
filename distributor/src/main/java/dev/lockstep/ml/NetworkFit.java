package dev.lockstep.ml;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Sha256;
import dev.lockstep.data.Task;
import dev.lockstep.data.features.DateFeature;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.preparation.Preparation;
import dev.lockstep.data.preparation.PreparedRows;
import dev.lockstep.data.snapshot.PinnedDataset;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.FeaturesSpec;
import dev.lockstep.data.spec.OnBadRow;
import dev.lockstep.data.spec.SplitSpec;
import dev.lockstep.data.split.Split;
import dev.lockstep.distributor.prediction.VectorEntries;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.training.TrainedNetwork;
import dev.lockstep.distributor.training.Trainer;
import dev.lockstep.distributor.training.TrainingData;
import dev.lockstep.models.PortableNetwork;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * One call of {@code fit}: from a dataset to a network, for classes and numbers alike.
 *
 * @param params how it is trained, and the model that it begins with, whose features it keeps
 * @param columns what is read
 */
record NetworkFit(TrainingParams params, FitColumns columns) {
  private static final int TWO_CLASSES = 2;

  /**
   * Trains a network.
   *
   * @param task multiclass for classes, however many there will be
   */
  FittedNetwork fit(Dataset<Row> dataset, Task task) {
    Network network = params.resolved();
    network.training().options().refuseFor(task);
    PinnedDataset pinned = PinnedDataset.of(dataset);
    Optional<VectorEntries> vector =
        columns.isVector()
            ? Optional.of(VectorEntries.of(pinned.rows(), columns.vector()))
            : Optional.empty();
    Dataset<Row> rows =
        vector
            .map(v -> v.expanded(present(pinned.rows()), columns.vector(), others()))
            .orElse(pinned.rows());
    params.earlier().ifPresent(model -> checkFeatures(model, vector));
    String inputs = Sha256.of(pinned.tables().toString());
    try (PreparedRows prepared =
        Preparation.prepare(
            rows,
            spec(vector, task),
            columns.validation(),
            inputs,
            network.transform(),
            params.earlier().map(FittedNetwork::features))) {
      prepared.warnings().forEach(params.listener()::warned);
      checkValidation(prepared);
      FeatureModel features = asBinary(prepared.features());
      TrainingData data =
          new TrainingData(
              prepared.batches(), features.layout(), features.label(), prepared.fingerprint());
      TrainedNetwork trained = trained(dataset, data, network);
      return new FittedNetwork(
          trained.network(),
          features,
          new FitRecord(
              FitRecord.FORMAT,
              vector,
              task == Task.REGRESSION
                  ? Optional.empty()
                  : Optional.of(
                      ClassLabels.of(
                          dataset.schema().apply(columns.label()), features.label().classes())),
              trained.bestEpoch(),
              trained.history(),
              pinned.tables()));
    }
  }

  private void checkFeatures(FittedNetwork model, Optional<VectorEntries> vector) {
    List<String> before = model.features().numericColumns();
    List<String> categories = model.features().categoricalColumns();
    List<String> dates = model.features().dates().stream().map(DateFeature::name).toList();
    boolean same =
        before.equals(vector.map(v -> v.names(v.numeric())).orElse(columns.numbers()))
            && dates.equals(columns.dates())
            && categories.equals(
                vector.map(v -> v.names(v.categorical())).orElse(columns.categorical()));
    if (!same) {
      throw new LockstepException(
          "warmStartFrom has a model of other features: numbers %s, categories %s, of the numbers dates: %s"
              .formatted(before, categories, dates),
          "Name the same columns in the same order, or fit without the earlier model");
    }
  }

  /** Without rows that have no vector, where such rows are to be left out. */
  private Dataset<Row> present(Dataset<Row> rows) {
    return skips() ? rows.na().drop(new String[] {columns.vector()}) : rows;
  }

  /** What is needed of the dataset beside the features. */
  private List<String> others() {
    return Stream.concat(
            Stream.of(columns.label(), columns.weight(), columns.validation())
                .filter(Objects::nonNull),
            columns.key().stream())
        .distinct()
        .toList();
  }

  private DataSpec spec(Optional<VectorEntries> vector, Task task) {
    FeaturesSpec features =
        new FeaturesSpec(
            vector.map(v -> v.names(v.numeric())).orElse(columns.numeric()),
            vector.map(v -> v.names(v.categorical())).orElse(columns.categorical()),
            List.of(),
            (String) params.value(params.numericTransform),
            null,
            columns.dates());
    return new DataSpec(
        "the dataset",
        null,
        null,
        task,
        columns.label(),
        null,
        columns.key(),
        columns.weight(),
        null,
        features,
        split(task),
        null,
        skips() ? OnBadRow.DROP : OnBadRow.REFUSE);
  }

  /** Each class has its share, so that a class of few rows is trained on; keys are not cut. */
  private SplitSpec split(Task task) {
    double share = (Double) params.value(params.validationShare);
    boolean byClass =
        task != Task.REGRESSION && columns.key().isEmpty() && columns.validation() == null;
    return new SplitSpec(share, 0.0, null, null, null, null, null, null, null, byClass, null);
  }

  private boolean skips() {
    return params.value(params.handleInvalid).equals("skip");
  }

  private void checkValidation(PreparedRows prepared) {
    if (columns.validation() != null && prepared.rows(Split.VALIDATION) == 0) {
      throw new LockstepException(
          "validationIndicatorCol '%s' is true in no row".formatted(columns.validation()),
          "Mark the rows that choose the epoch, or leave it unset for a share of the rows");
    }
  }

  /** Two classes need one output only. */
  private static FeatureModel asBinary(FeatureModel features) {
    LabelLayout label = features.label();
    return label.task() == Task.MULTICLASS && label.classes().size() == TWO_CLASSES
        ? features.withLabel(new LabelLayout(Task.BINARY, label.classes(), 0, 1))
        : features;
  }

  private TrainedNetwork trained(Dataset<Row> dataset, TrainingData data, Network network) {
    RendezvousOptions meeting =
        RendezvousOptions.of(dataset.sparkSession().sparkContext().getConf())
            .withAttempts((Integer) params.value(params.rankAttempts));
    Trainer trainer = new Trainer(dataset.sparkSession(), meeting, params.listener());
    long seed = (Long) params.value(params.seed);
    String folder = params.textOrNull(params.checkpointDir);
    Optional<PortableNetwork> initial = params.earlier().map(FittedNetwork::network);
    return folder == null
        ? trainer.fit(data, network, seed, initial)
        : trainer.fit(data, network, seed, initial, folder);
  }
}
