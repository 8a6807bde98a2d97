package dev.lockstep.ml;

import dev.lockstep.data.features.FeatureEncoding;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.internal.spark.JavaBytes;
import dev.lockstep.models.PortableNetwork;
import dev.lockstep.models.SavedNetwork;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;

/**
 * A network that is sent to each JVM once and opened there once, for all of its tasks. Its native
 * memory is given back when nothing refers to it any more.
 */
final class SharedNetwork implements Serializable {
  private static final long serialVersionUID = 1;
  private static final Cleaner CLEANER = Cleaner.create();

  private final PortableNetwork portable;
  private final JavaBytes<FeatureModel> features;
  private transient SavedNetwork opened;
  private transient FeatureEncoding encoding;

  SharedNetwork(PortableNetwork portable, FeatureModel features) {
    this.portable = portable;
    this.features = JavaBytes.of(features);
  }

  /** The network; several threads may score with it at once. */
  synchronized SavedNetwork network() {
    if (opened == null) {
      try {
        SavedNetwork network = portable.open();
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
