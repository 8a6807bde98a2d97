package dev.lockstep.distributor.prediction;

import dev.lockstep.data.features.FeatureEncoding;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.internal.spark.JavaBytes;
import dev.lockstep.distributor.saved.SavedModel;
import dev.lockstep.models.SavedNetwork;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A network that is sent to each JVM once and opened there once, for all of its tasks. Its native
 * memory is given back when nothing refers to it any more.
 */
public final class SharedNetwork implements Serializable {
  private static final long serialVersionUID = 1;
  private static final Cleaner CLEANER = Cleaner.create();

  private final Source source;
  private final JavaBytes<FeatureModel> features;
  private transient SavedNetwork opened;
  private transient FeatureEncoding encoding;

  /** Where the network comes from, in each JVM. */
  @FunctionalInterface
  public interface Source extends Serializable {
    /** Opens it. */
    SavedNetwork open() throws IOException;
  }

  /**
   * A network and its features.
   *
   * @param source opens the network
   * @param features what it learned of its features; empty where rows are encoded already
   */
  public SharedNetwork(Source source, Optional<FeatureModel> features) {
    this.source = source;
    this.features = features.map(JavaBytes::of).orElse(null);
  }

  /** A network in a folder that all executors reach. */
  static SharedNetwork in(String folder, Optional<FeatureModel> features, SparkSession spark) {
    SerializableConfiguration hadoop =
        new SerializableConfiguration(spark.sessionState().newHadoopConf());
    return new SharedNetwork(
        () -> {
          Path local = SparkEnv.get().blockManager().diskBlockManager().localDirs()[0].toPath();
          return SavedModel.open(folder, local, hadoop.value());
        },
        features);
  }

  /** Sends it to each JVM once. */
  static Broadcast<SharedNetwork> sent(SharedNetwork network, SparkSession spark) {
    return JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(network);
  }

  /** The network; several threads may score with it at once. */
  public synchronized SavedNetwork network() {
    if (opened == null) {
      try {
        SavedNetwork network = source.open();
        CLEANER.register(this, network::close);
        opened = network;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return opened;
  }

  /** The encoding of rows; several threads may encode with it at once. */
  synchronized FeatureEncoding encoding() {
    if (encoding == null) {
      encoding = new FeatureEncoding(features.get());
    }
    return encoding;
  }
}
