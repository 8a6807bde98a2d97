package dev.lockstep.evaluation.baselines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import scala.Option;

/**
 * A checkpoint directory of Spark's, while a baseline is fitted. MLlib's boosting makes the rows of
 * each tree of those of the tree before. Without a directory to write them to, every task brings
 * that whole chain along, and after some three hundred trees to read it overflows a task's stack.
 */
final class Checkpoints {
  private Checkpoints() {}

  /**
   * Does work with checkpoints, in the application's own directory for them if it has one.
   *
   * @param folder else a path that all executors share; it is deleted at the end
   */
  static <T> T during(SparkContext spark, String folder, Supplier<T> work) {
    if (spark.getCheckpointDir().isDefined()) {
      return work.get();
    }
    spark.setCheckpointDir(folder);
    try {
      return work.get();
    } finally {
      spark.checkpointDir_$eq(Option.empty());
      delete(new Path(folder), spark);
    }
  }

  private static void delete(Path folder, SparkContext spark) {
    try {
      folder.getFileSystem(spark.hadoopConfiguration()).delete(folder, true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
