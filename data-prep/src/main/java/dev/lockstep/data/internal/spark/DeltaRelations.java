package dev.lockstep.data.internal.spark;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.classic.Dataset$;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.files.TahoeLogFileIndex;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import scala.PartialFunction;
import scala.runtime.AbstractPartialFunction;

/**
 * A dataset whose Delta tables are each held to the version that it would read now. Delta itself
 * looks for the newest one each time a dataset is computed.
 *
 * @param rows the dataset
 * @param tables the versions, in the order in which the dataset names the tables
 */
public record DeltaRelations(Dataset<Row> rows, List<Version> tables) {
  /** Copies the list. */
  public DeltaRelations {
    tables = List.copyOf(tables);
  }

  /**
   * A version of a table.
   *
   * @param location where its files are, as a whole path with a scheme
   * @param id Delta's id of the table
   * @param version the version
   * @param commitTime when it was committed, in milliseconds since 1970
   * @param schema its schema, as JSON
   */
  public record Version(String location, String id, long version, long commitTime, String schema) {}

  /**
   * The dataset, pinned. What Spark has cached of it stays as it is, and so do its rows; of which
   * version they are is not known any more.
   */
  public static DeltaRelations pinned(Dataset<Row> dataset) {
    Map<String, Snapshot> newest = new HashMap<>();
    Set<Version> tables = new LinkedHashSet<>();
    LogicalPlan held =
        dataset
            .queryExecution()
            .withCachedData()
            .transformUpWithSubqueries(pinning(newest, tables));
    if (tables.isEmpty()) {
      return new DeltaRelations(dataset, List.of());
    }
    return new DeltaRelations(
        Dataset$.MODULE$.ofRows((SparkSession) dataset.sparkSession(), held), List.copyOf(tables));
  }

  /**
   * Holds each table to a version.
   *
   * @param newest the version of each table that is read where none is asked for; is filled
   * @param tables gets all versions
   */
  private static PartialFunction<LogicalPlan, LogicalPlan> pinning(
      Map<String, Snapshot> newest, Set<Version> tables) {
    return new AbstractPartialFunction<>() {
      @Override
      public boolean isDefinedAt(LogicalPlan plan) {
        return plan instanceof LogicalRelation leaf
            && leaf.relation() instanceof HadoopFsRelation files
            && files.location() instanceof TahoeLogFileIndex;
      }

      @Override
      public LogicalPlan apply(LogicalPlan plan) {
        LogicalRelation leaf = (LogicalRelation) plan;
        HadoopFsRelation files = (HadoopFsRelation) leaf.relation();
        TahoeLogFileIndex index = (TahoeLogFileIndex) files.location();
        Snapshot snapshot =
            index.isTimeTravelQuery()
                ? index.getSnapshot()
                : newest.computeIfAbsent(
                    index.deltaLog().dataPath().toString(), path -> index.getSnapshot());
        tables.add(
            new Version(
                snapshot.deltaLog().dataPath().toString(),
                snapshot.metadata().id(),
                snapshot.version(),
                snapshot.timestamp(),
                snapshot.schema().json()));
        TahoeLogFileIndex held =
            index.copy(
                index.spark(),
                index.deltaLog(),
                index.path(),
                snapshot,
                index.copy$default$5(),
                index.copy$default$6(),
                true);
        return leaf.copy(
            files.copy(
                held,
                files.partitionSchema(),
                files.dataSchema(),
                files.bucketSpec(),
                files.fileFormat(),
                files.options(),
                files.sparkSession()),
            leaf.output(),
            leaf.catalogTable(),
            leaf.isStreaming(),
            leaf.stream());
      }
    };
  }
}
