package dev.lockstep.data.features;

import dev.lockstep.data.AtomicFolder;
import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Sha256;
import dev.lockstep.data.encoded.EncodedBatch;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.internal.spark.ColumnBatches;
import dev.lockstep.data.sql.ColumnValues;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * What was learned of the features from the train split; the same for networks and trees.
 *
 * @param source the columns that it reads
 * @param numeric the numeric columns
 * @param categorical the categorical columns
 * @param layout the entries of an encoded row
 * @param label how the label is encoded
 */
public record FeatureModel(
    Source source,
    List<NumericFeature> numeric,
    List<CategoricalFeature> categorical,
    FeatureLayout layout,
    LabelLayout label)
    implements Serializable {
  /** Copies the lists. */
  public FeatureModel {
    numeric = List.copyOf(numeric);
    categorical = List.copyOf(categorical);
  }

  /**
   * Columns that are read.
   *
   * @param label the label; null for none
   * @param weight the weight; null for 1
   */
  public record Source(String label, String weight) implements Serializable {}

  /**
   * Encodes rows.
   *
   * @param rows {@link PlacedRows} of the table; label and weight may be missing
   * @return rows with the columns of {@code EncodedRows}; a label that is missing, no number or not
   *     known to the model is null, a missing weight NaN
   */
  public Dataset<Row> encode(Dataset<Row> rows) {
    return EncodedRows.of(rows.sparkSession(), batches(rows));
  }

  /**
   * Encodes the features of rows as {@link #encode} does, and reads neither label nor weight: the
   * labels are null, the weights 1.
   */
  public Dataset<Row> encodeUnlabelled(Dataset<Row> rows) {
    return of(null, null).encode(rows);
  }

  /** The same with another layout of the label, whose classes have the same indices. */
  public FeatureModel withLabel(LabelLayout other) {
    return new FeatureModel(source, numeric, categorical, layout, other);
  }

  /**
   * The same for rows whose label and weight are in other columns.
   *
   * @param labelColumn null for no labels
   * @param weightColumn null for weights of 1
   */
  public FeatureModel of(String labelColumn, String weightColumn) {
    return new FeatureModel(
        new Source(labelColumn, weightColumn), numeric, categorical, layout, label);
  }

  /** Names of the numeric features, as columns of a table. */
  public List<String> numericColumns() {
    return numeric.stream().map(NumericFeature::name).toList();
  }

  /** Names of the categorical features, as columns of a table. */
  public List<String> categoricalColumns() {
    return categorical.stream().map(CategoricalFeature::name).toList();
  }

  /** Encodes rows as {@link #encode} does, column by column. */
  public JavaRDD<EncodedBatch> batches(Dataset<Row> rows) {
    return encoded(
        ColumnBatches.of(
            SourceRows.of(rows, source, label.task(), numericColumns(), categoricalColumns())));
  }

  /** Encodes {@link SourceRows}. */
  JavaRDD<EncodedBatch> encoded(JavaRDD<ColumnarBatch> rows) {
    return rows.mapPartitions(new BatchEncoder(numeric, categorical, label));
  }

  /**
   * Checks that a table has the columns of all features, and numbers or dates where they were so.
   *
   * @param table what errors call it
   * @throws LockstepException naming the first column that it has not
   */
  public void checkColumns(StructType schema, String table) {
    List<String> known = List.of(schema.fieldNames());
    List<String> numbers = numericColumns();
    Stream.concat(numbers.stream(), categoricalColumns().stream())
        .filter(name -> !known.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new LockstepException(
                  "%s has no column '%s', a feature of the model".formatted(table, name),
                  "Its columns are " + String.join(", ", known));
            });
    for (NumericFeature feature : numeric) {
      DataType type = schema.apply(feature.name()).dataType();
      DateParts date = feature.date();
      boolean same =
          date == null
              ? ColumnValues.isNumber(type)
              : ColumnValues.unitsPerDay(type).equals(OptionalInt.of(date.perDay()));
      if (!same) {
        String kind = date == null ? "numeric" : date.perDay() == 1 ? "date" : "timestamp";
        throw new LockstepException(
            "'%s' is a %s feature of the model, but a column of type %s in %s"
                .formatted(feature.name(), kind, type.simpleString(), table),
            "Change its type in the table");
      }
    }
  }

  /** The features that are dates with their cycles, in their order. */
  public List<DateFeature> dates() {
    return numeric.stream()
        .filter(feature -> feature.date() != null)
        .map(feature -> feature.date().described(feature.name()))
        .toList();
  }

  /**
   * A feature and the entries of an encoded row that it fills.
   *
   * @param name the column's name
   * @param numeric places in the array of numbers: the number, where numbers were missing an
   *     indicator of that, and the cycles of a date; none for a categorical feature
   * @param categorical place in the array of indices; -1 for a numeric feature
   */
  public record Entries(String name, List<Integer> numeric, int categorical) {
    /** Copies the list. */
    public Entries {
      numeric = List.copyOf(numeric);
    }
  }

  /** The features, numeric ones first, each with the entries that it fills. */
  public List<Entries> entries() {
    List<Entries> all = new ArrayList<>();
    int place = 0;
    for (NumericFeature feature : numeric) {
      int next = place + feature.entries();
      all.add(new Entries(feature.name(), IntStream.range(place, next).boxed().toList(), -1));
      place = next;
    }
    for (int i = 0; i < categorical.size(); i++) {
      all.add(new Entries(categorical.get(i).name(), List.of(), i));
    }
    return all;
  }

  /**
   * What the indices of a categorical feature stand for, as a person reads it.
   *
   * @param feature its place among the categorical features
   */
  public List<String> categories(int feature) {
    return categorical.get(feature).names();
  }

  /** Names all that the model has learned. */
  public String sha256() {
    return Sha256.of(Json.line(this));
  }

  /**
   * Saves the model as a Spark ML pipeline of one {@link FeatureEncoder}, whole or not at all; one
   * that is there already gives way.
   *
   * @param folder the pipeline's folder, on any Hadoop file system
   * @throws LockstepException if it cannot be written
   */
  public void save(String folder, SparkSession spark) {
    Path target = new Path(folder);
    String uid = Identifiable$.MODULE$.randomUID("features");
    try {
      AtomicFolder.replace(
          target,
          "metadata",
          spark.sessionState().newHadoopConf(),
          (files, temporary) ->
              new PipelineModel(uid, List.<Transformer>of(new FeatureEncoder(this)))
                  .write()
                  .session(spark)
                  .save(temporary.toString()));
    } catch (Exception e) { // Spark's own errors are checked, and named by no signature.
      throw new LockstepException(
          "cannot write the feature model " + target + ": " + e.getMessage(),
          "Choose another 'output'",
          e);
    }
  }

  /**
   * Reads a saved model.
   *
   * @param folder the pipeline's folder
   * @throws LockstepException if there is none, or one of another kind
   */
  public static FeatureModel load(String folder, SparkSession spark) {
    Path path = new Path(folder);
    try {
      FileSystem files = path.getFileSystem(spark.sessionState().newHadoopConf());
      if (files.exists(new Path(path, "features.json"))) {
        throw new LockstepException(
            "the feature model %s is of an earlier release: it has features.json, not the metadata and stages of a Spark ML pipeline"
                .formatted(folder),
            "Train again");
      }
      if (!files.exists(new Path(path, "metadata"))) {
        throw new LockstepException(
            "there is no feature model at " + folder, "Give the folder of a run that has ended");
      }
      for (Transformer stage : PipelineModel.read().session(spark).load(folder).stages()) {
        if (stage instanceof FeatureEncoder encoder) {
          return encoder.model();
        }
      }
      throw new IOException("no stage of the pipeline is a FeatureEncoder");
    } catch (LockstepException e) {
      throw e;
    } catch (Exception e) { // Spark's own errors are checked, and named by no signature.
      throw new LockstepException(
          "cannot read the feature model " + folder + ": " + e.getMessage(),
          "Give the folder of a run that has ended",
          e);
    }
  }
}
