package dev.lockstep.distributor.prediction;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.zip_with;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.PlacedRows;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.split.Split;
import dev.lockstep.data.sql.HashableColumns;
import dev.lockstep.data.sql.Identifiers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A table's rows with the predictions of a trained model, as another table. */
public final class TablePrediction {
  private static final String SCORED = "lockstep scored";
  private static final String PREDICTED = "lockstep prediction";
  private static final String OTHER = "lockstep other prediction";

  private final SparkSession spark;
  private final List<Member> members;

  /**
   * A model of a mean.
   *
   * @param model the model
   * @param weight its part of the mean
   */
  public record Member(RowScoring model, double weight) {}

  /**
   * Predictions of a saved model, or of several together.
   *
   * @param members the models, whose weights add up to 1
   */
  public TablePrediction(SparkSession spark, List<Member> members) {
    this.spark = spark;
    this.members = List.copyOf(members);
  }

  /** The classes in the order of their probabilities; empty for regression. */
  public List<String> classes() {
    return members.get(0).model().features().label().classes();
  }

  /**
   * Scores all rows of a snapshot, which needs neither label nor weight.
   *
   * @param key columns that name a row and go along; none for all columns
   * @param name the name of the column of predictions
   * @return those columns and the predictions
   * @throws LockstepException if a column is missing, the key does not name one row each, or a
   *     column that goes along has the name of the predictions
   */
  public Dataset<Row> score(Snapshot snapshot, List<String> key, String name) {
    Dataset<Row> source = snapshot.read(spark);
    members.forEach(m -> m.model().features().checkColumns(source.schema(), snapshot.table()));
    List<String> columns = Arrays.asList(source.columns());
    List<String> kept = key.isEmpty() ? columns : key;
    checkNames(snapshot.table(), columns, key, name);
    boolean beside = members.stream().allMatch(m -> m.model().beside().isPresent());
    if (beside && key.isEmpty()) {
      return beside(source, kept, name);
    }
    Column hash = HashableColumns.hash(key.isEmpty() ? HashableColumns.of(source.schema()) : key);
    Dataset<Row> rows = PlacedRows.of(source, lit(Split.TEST.column()), hash);
    if (!key.isEmpty()) {
      checkKey(rows, snapshot.table(), key);
    }
    if (beside) {
      return beside(source, kept, name);
    }
    Dataset<Row> scored = scored(members.get(0), rows);
    for (Member other : members.subList(1, members.size())) {
      Dataset<Row> more = scored(other, rows).withColumnRenamed(PREDICTED, OTHER);
      Column sum = zip_with(column(PREDICTED), column(OTHER), (x, y) -> x.plus(y));
      scored = scored.join(more, SCORED).select(column(SCORED), sum.as(PREDICTED));
    }
    return rows.join(scored, PlacedRows.hash().equalTo(column(SCORED)))
        .select(
            Stream.concat(
                    kept.stream().map(TablePrediction::column),
                    Stream.of(column(PREDICTED).as(name)))
                .toArray(Column[]::new));
  }

  /** The scores beside the rows, where all models can do that. */
  private Dataset<Row> beside(Dataset<Row> source, List<String> kept, String name) {
    Set<String> read = new LinkedHashSet<>(kept);
    for (Member member : members) {
      read.addAll(member.model().features().numericColumns());
      read.addAll(member.model().features().categoricalColumns());
    }
    Dataset<Row> rows =
        source.select(read.stream().map(TablePrediction::column).toArray(Column[]::new));
    List<Column> columns = new ArrayList<>(kept.stream().map(TablePrediction::column).toList());
    Column mean = null;
    for (int i = 0; i < members.size(); i++) {
      String part = PREDICTED + " " + i;
      rows =
          members
              .get(i)
              .model()
              .beside()
              .orElseThrow()
              .apply(rows)
              .withColumnRenamed(RowScoring.BESIDE, part);
      Column weighted = weighted(column(part), members.get(i).weight());
      mean = mean == null ? weighted : zip_with(mean, weighted, (x, y) -> x.plus(y));
    }
    columns.add(mean.as(name));
    return rows.select(columns.toArray(Column[]::new));
  }

  private static Column weighted(Column prediction, double weight) {
    return weight == 1 ? prediction : transform(prediction, v -> v.multiply(lit(weight)));
  }

  /** A model's part of the mean, for each distinct row. */
  private static Dataset<Row> scored(Member member, Dataset<Row> rows) {
    Column part = weighted(col(Predictor.PREDICTION), member.weight());
    // Rows that are equal in all columns have equal predictions: one of them is enough.
    return member
        .model()
        .rows()
        .apply(member.model().features().encodeUnlabelled(rows))
        .select(col(EncodedRows.HASH).as(SCORED), part.as(PREDICTED))
        .dropDuplicates(SCORED);
  }

  private static Column column(String name) {
    return col(Identifiers.quoted(name));
  }

  private static void checkNames(
      String table, List<String> columns, List<String> key, String predictions) {
    for (String name : key) {
      if (!columns.contains(name)) {
        throw new LockstepException(
            "--key '" + name + "' is not a column of " + table,
            "Did you mean '%s'? Its columns are %s"
                .formatted(Names.nearest(name, columns), String.join(", ", columns)));
      }
    }
    // As Spark compares names.
    if ((key.isEmpty() ? columns : key).stream().anyMatch(predictions::equalsIgnoreCase)) {
      throw new LockstepException(
          "%s has a column '%s', the name of the predictions".formatted(table, predictions),
          "Name the columns that go along by --key, or the predictions by --prediction-column");
    }
  }

  private static void checkKey(Dataset<Row> rows, String table, List<String> key) {
    if (rows.groupBy(PlacedRows.hash()).count().where("count > 1").limit(1).count() > 0) {
      throw new LockstepException(
          "--key " + String.join(",", key) + " does not name one row each in " + table,
          "Give all columns that tell rows apart, or no --key for all columns");
    }
  }
}
