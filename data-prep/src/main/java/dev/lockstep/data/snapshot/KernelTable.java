package dev.lockstep.data.snapshot;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.snapshot.DeltaHistory.Commit;
import io.delta.kernel.Scan;
import io.delta.kernel.Snapshot;
import io.delta.kernel.Table;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.FileReadResult;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.actions.Protocol;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The latest version of a Delta table in a folder, read by Delta Kernel in this thread, as starting
 * Spark takes longer than reading a small table: see docs/decisions/026.
 */
public final class KernelTable {
  private static final String LOG = "_delta_log";

  /** Other stores have log stores and credentials of their own, which Spark knows. */
  private static final Set<String> SCHEMES = Set.of("file", "hdfs");

  /** The table's commits are where a catalog says. */
  private static final List<String> ELSEWHERE = List.of("catalog", "coordinated");

  private final FileSystem files;
  private final Path log;
  private final Engine engine;
  private final Snapshot snapshot;

  private KernelTable(Path folder, FileSystem files, Configuration hadoop) {
    this.files = files;
    this.log = new Path(folder, LOG);
    this.engine = DefaultEngine.create(hadoop);
    this.snapshot = Table.forPath(engine, folder.toString()).getLatestSnapshot(engine);
    // Delta 4.3 has it in this class alone.
    Protocol protocol = ((SnapshotImpl) snapshot).getProtocol();
    for (String feature : protocol.getReaderAndWriterFeatures()) {
      if (ELSEWHERE.stream().anyMatch(feature::startsWith)) {
        throw new UnsupportedOperationException("a table with " + feature);
      }
    }
  }

  /**
   * What is read of a table.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  public interface Reading<T> {
    /** Reads it; whatever it throws but a {@link LockstepException} means that Spark is to read. */
    T of(KernelTable table) throws Exception;
  }

  /**
   * Reads a table.
   *
   * @param folder where it is
   * @param hadoop configuration of Hadoop's file systems
   * @param absent what is thrown where there is certainly no table: none in the folder, nor in one
   *     around it, whose part it could be
   * @return empty if it cannot be read in this way, or not for certain as Spark reads it: it may be
   *     torn, or need a feature that Kernel does not know
   */
  public static <T> Optional<T> read(
      String folder,
      Map<String, String> hadoop,
      Supplier<LockstepException> absent,
      Reading<T> reading) {
    try {
      Configuration configuration = configuration(hadoop);
      Path path = new Path(folder);
      if (!isKnown(path, configuration)) {
        return Optional.empty();
      }
      FileSystem files = path.getFileSystem(configuration);
      path = files.makeQualified(path);
      if (files.exists(new Path(path, LOG))) {
        return Optional.of(reading.of(new KernelTable(path, files, configuration)));
      }
      if (!isPart(path, files)) {
        throw absent.get();
      }
      return Optional.empty();
    } catch (LockstepException e) {
      throw e;
    } catch (Exception | LinkageError e) { // Spark reads it, or says what is wrong with it.
      return Optional.empty();
    }
  }

  /** Whether a folder is within a table. */
  private static boolean isPart(Path folder, FileSystem files) throws IOException {
    for (Path p = folder; p != null; p = p.getParent()) {
      if (p.getName().equals(LOG) || files.exists(new Path(p, LOG))) {
        return true;
      }
    }
    return false;
  }

  private static Configuration configuration(Map<String, String> hadoop) {
    Configuration configuration = new Configuration();
    hadoop.forEach(configuration::set);
    return configuration;
  }

  private static boolean isKnown(Path path, Configuration configuration) {
    String scheme = path.toUri().getScheme();
    return SCHEMES.contains(
        scheme == null ? FileSystem.getDefaultUri(configuration).getScheme() : scheme);
  }

  /** The commits that the log still holds, newest first. */
  List<Commit> commits() throws IOException {
    return new CommitFiles(files, log, snapshot.getVersion())
        .commits(InCommitTimestamps.of(snapshot.getTableProperties()));
  }

  /**
   * All rows, in any order.
   *
   * @param columns names of the columns that are read, where the table has them
   */
  public List<Map<String, Object>> rows(Set<String> columns) throws IOException {
    List<StructField> wanted =
        snapshot.getSchema().fields().stream().filter(f -> columns.contains(f.getName())).toList();
    Scan scan = snapshot.getScanBuilder().withReadSchema(new StructType(wanted)).build();
    Row state = scan.getScanState(engine);
    List<Map<String, Object>> rows = new ArrayList<>();
    try (CloseableIterator<FilteredColumnarBatch> batches = scan.getScanFiles(engine)) {
      while (batches.hasNext()) {
        try (CloseableIterator<Row> entries = batches.next().getRows()) {
          while (entries.hasNext()) {
            rowsOf(entries.next(), state, rows);
          }
        }
      }
    }
    return rows;
  }

  private void rowsOf(Row file, Row state, List<Map<String, Object>> rows) throws IOException {
    FileStatus status = InternalScanFileUtils.getAddFileStatus(file);
    CloseableIterator<ColumnarBatch> stored =
        engine
            .getParquetHandler()
            .readParquetFiles(
                Utils.singletonCloseableIterator(status),
                ScanStateRow.getPhysicalDataReadSchema(state),
                Optional.empty())
            .map(FileReadResult::getData);
    try (CloseableIterator<FilteredColumnarBatch> batches =
        Scan.transformPhysicalData(engine, state, file, stored)) {
      while (batches.hasNext()) {
        FilteredColumnarBatch batch = batches.next();
        ColumnarBatch data = batch.getData();
        Optional<ColumnVector> selected = batch.getSelectionVector();
        for (int row = 0; row < data.getSize(); row++) {
          if (selected.isEmpty()
              || (!selected.get().isNullAt(row) && selected.get().getBoolean(row))) {
            rows.add(row(data, row));
          }
        }
      }
    }
  }

  private static Map<String, Object> row(ColumnarBatch data, int row) {
    Map<String, Object> values = new LinkedHashMap<>();
    List<StructField> fields = data.getSchema().fields();
    for (int i = 0; i < fields.size(); i++) {
      values.put(fields.get(i).getName(), KernelValue.of(data.getColumnVector(i), row));
    }
    return values;
  }
}
