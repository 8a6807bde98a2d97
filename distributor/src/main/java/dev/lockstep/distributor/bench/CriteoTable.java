package dev.lockstep.distributor.bench;

import dev.lockstep.data.AtomicFolder;
import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.progress.PhaseListener;
import dev.lockstep.data.progress.SparkPhase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A made Delta table in the form of the Criteo data, 13 numbers and 26 categories, with two
 * experiments on it: one with a row of embeddings for each id, one whose large categories share few
 * indices.
 *
 * @param rows rows of the table
 * @param ids ids that all categories together can have; few of them are frequent
 * @param seed of all values
 */
public record CriteoTable(long rows, int ids, long seed) {
  private static final int LEAST_IDS = 1_000;

  /** Values of a category beyond which the rarer ones would count as unseen. */
  private static final int VOCABULARY = 10_000;

  /** So many indices do the large categories share in the second experiment. */
  private static final int HASHED = 100_000;

  /** So many has each of them in the first: two of some million ids hardly ever meet in one. */
  private static final int UNSHARED = 2_000_000_000;

  /** Checks the sizes. */
  public CriteoTable {
    if (rows < 1) {
      throw new LockstepException("--rows is " + rows, "Give at least 1");
    }
    if (ids < LEAST_IDS) {
      throw new LockstepException("--ids is " + ids, "Give at least " + LEAST_IDS);
    }
  }

  /**
   * What was made.
   *
   * @param table the Delta table's path
   * @param rows its rows
   * @param ids ids that its categories can have
   * @param positives rows whose label is 1
   * @param seconds to make it
   * @param sharded path of the experiment with all ids
   * @param hashed path of the experiment with ids hashed
   */
  public record Result(
      String table,
      long rows,
      int ids,
      long positives,
      double seconds,
      String sharded,
      String hashed) {}

  /** The rows, in as many partitions as Spark likes: they are the same. */
  Dataset<Row> data(SparkSession spark) {
    CriteoRow made = new CriteoRow(seed, ids);
    return spark
        .range(rows)
        .map((MapFunction<Long, Row>) made::row, Encoders.row(CriteoRow.schema()));
  }

  /**
   * Makes a folder with the table and the experiments; it is there whole or not at all.
   *
   * @param folder a path of any of Hadoop's file systems, where nothing is yet
   * @param listener hears how far it has come
   * @throws LockstepException if something is there; it stays as it is
   * @throws IOException if it cannot be written
   */
  public Result write(SparkSession spark, String folder, PhaseListener listener)
      throws IOException {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Path target = new Path(folder);
    target = target.getFileSystem(hadoop).makeQualified(target);
    long start = System.nanoTime();
    String table = readable(new Path(target, "table"));
    try {
      AtomicFolder.create(
          target,
          hadoop,
          (files, temporary) -> {
            String whole = new Path(temporary, "table").toString();
            SparkPhase.ofJobs(spark, "writing " + table, 1, listener)
                .run(() -> data(spark).write().format("delta").save(whole));
            text(files, new Path(temporary, "sharded.yaml"), experiment(table, UNSHARED));
            text(files, new Path(temporary, "hashed.yaml"), experiment(table, shared()));
          });
    } catch (FileAlreadyExistsException e) {
      throw new LockstepException(e.getMessage(), "Choose another --folder", e);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    long positives = spark.read().format("delta").load(table).filter("label = 1").count();
    return new Result(
        table,
        rows,
        ids,
        positives,
        seconds,
        readable(new Path(target, "sharded.yaml")),
        readable(new Path(target, "hashed.yaml")));
  }

  /** Names of the categories with more values than a vocabulary takes. */
  private List<String> large() {
    int[] sizes = new CriteoRow(seed, ids).sizes();
    return IntStream.range(0, sizes.length)
        .filter(i -> sizes[i] > VOCABULARY)
        .mapToObj(i -> "c" + (i + 1))
        .toList();
  }

  private int shared() {
    return HASHED / Math.max(1, large().size());
  }

  /** An experiment in which each large category has so many indices. */
  private String experiment(String table, int indices) {
    String hashed =
        large().stream().map(c -> c + ": " + indices).collect(Collectors.joining(", ", "{", "}"));
    return """
        table: %s
        version: 0
        task: binary
        label: label
        features: {hashed: %s}
        model: {name: dcn2, embedding: 16, embeddings: sharded}
        training: {ranks: 2, epochs: 1, batch: 1024}
        seed: 1
        """
        .formatted(Json.line(table), hashed);
  }

  /** A path of this machine without its scheme. */
  private static String readable(Path path) {
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }

  private static void text(FileSystem files, Path path, String text) throws IOException {
    try (FSDataOutputStream out = files.create(path, false)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
