package dev.lockstep.data.internal.spark;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.classic.Dataset$;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.files.TahoeLogFileIndex;
import org.apache.spark.sql.execution.columnar.InMemoryRelation;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import scala.PartialFunction;
import scala.jdk.javaapi.CollectionConverters;
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

  /** The dataset, pinned; one that Spark has cached stays as it is, and so do its rows. */
  public static DeltaRelations pinned(Dataset<Row> dataset) {
    List<Version> tables = new ArrayList<>();
    LogicalPlan plan = dataset.queryExecution().analyzed();
    LogicalPlan held = plan.transformUpWithSubqueries(pinning(tables));
    boolean cached =
        CollectionConverters.asJava(dataset.queryExecution().withCachedData().collectLeaves())
            .stream()
            .anyMatch(InMemoryRelation.class::isInstance);
    if (tables.isEmpty() || cached) {
      return new DeltaRelations(dataset, tables);
    }
    return new DeltaRelations(
        Dataset$.MODULE$.ofRows((SparkSession) dataset.sparkSession(), held), tables);
  }

  private static PartialFunction<LogicalPlan, LogicalPlan> pinning(List<Version> tables) {
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
        Snapshot snapshot = index.getSnapshot();
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
