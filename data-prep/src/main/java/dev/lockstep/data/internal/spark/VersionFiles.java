package dev.lockstep.data.internal.spark;

import java.net.URI;
import java.util.List;
import java.util.OptionalLong;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.files.TahoeLogFileIndex;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What Delta has found of a version by the time that it can be read: asked for in its own words,
 * each part of it would be a query.
 *
 * @param location where the table's files are, as a whole path with a scheme
 * @param id Delta's id of the table
 * @param version the version
 * @param commitTime when it was committed, in milliseconds since 1970
 * @param paths its data files
 * @param rows number of its rows; empty where a file's statistics do not say it
 */
public record VersionFiles(
    String location,
    String id,
    long version,
    long commitTime,
    List<Path> paths,
    OptionalLong rows) {
  /** Copies the paths. */
  public VersionFiles {
    paths = List.copyOf(paths);
  }

  /** The version that rows are read from: all rows of a Delta table. */
  public static VersionFiles of(Dataset<Row> rows) {
    Snapshot snapshot =
        CollectionConverters.asJava(rows.queryExecution().analyzed().collectLeaves()).stream()
            .filter(LogicalRelation.class::isInstance)
            .map(leaf -> ((LogicalRelation) leaf).relation())
            .filter(HadoopFsRelation.class::isInstance)
            .map(relation -> ((HadoopFsRelation) relation).location())
            .filter(TahoeLogFileIndex.class::isInstance)
            .map(index -> ((TahoeLogFileIndex) index).getSnapshot())
            .findFirst()
            .orElseThrow();
    Path location = snapshot.deltaLog().dataPath();
    // Not whole: the statistics of very many files would fill the driver.
    List<Row> files =
        snapshot
            .stateDF()
            .where("add is not null")
            .selectExpr(
                "add.path",
                "cast(get_json_object(add.stats, '$.numRecords') as bigint)"
                    + " - coalesce(add.deletionVector.cardinality, 0)")
            .collectAsList();
    return new VersionFiles(
        location.toString(),
        snapshot.metadata().id(),
        snapshot.version(),
        snapshot.timestamp(),
        files.stream().map(file -> path(location, file.getString(0))).toList(),
        files.stream().anyMatch(file -> file.isNullAt(1))
            ? OptionalLong.empty()
            : OptionalLong.of(files.stream().mapToLong(file -> file.getLong(1)).sum()));
  }

  /** A path in the log is a URI, in the table's folder or of its own. */
  private static Path path(Path location, String uri) {
    Path path = new Path(URI.create(uri));
    return path.isAbsolute() ? path : new Path(location, path);
  }
}
