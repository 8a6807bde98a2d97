package dev.lockstep.distributor.internal.spark.ui;

import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.status.AppHistoryServerPlugin;
import org.apache.spark.status.ElementTrackingStore;
import org.apache.spark.ui.SparkUI;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The tab in Spark's history server, for applications that Lockstep has trained in. The server
 * finds it by {@code META-INF/services}, where Lockstep's jar is on its class path.
 */
public final class LockstepHistoryPlugin implements AppHistoryServerPlugin {
  /** Spark makes one. */
  public LockstepHistoryPlugin() {}

  @Override
  public Seq<SparkListener> createListeners(SparkConf conf, ElementTrackingStore store) {
    return CollectionConverters.asScala(List.<SparkListener>of(new LockstepListener(store)))
        .toSeq();
  }

  @Override
  public void setupUI(SparkUI ui) {
    Views views = new Views(ui.store().store());
    if (!views.isEmpty()) {
      ui.attachTab(new LockstepTab(ui, views));
    }
  }
}
