package dev.lockstep.distributor.internal.spark.ui;

import org.apache.spark.SparkContext;
import org.apache.spark.ui.SparkUI;
import org.apache.spark.ui.SparkUITab;
import org.apache.spark.ui.WebUITab;
import org.apache.spark.util.kvstore.KVStore;
import scala.jdk.javaapi.CollectionConverters;

/** The tab {@code Lockstep} of Spark's web pages. */
public final class LockstepTab extends SparkUITab {
  private static final String PATH = "lockstep";

  private final boolean live;

  LockstepTab(SparkUI ui, Views views) {
    super(ui, PATH);
    this.live = ui.sc().isDefined();
    attachPage(new LockstepPage(this, views));
  }

  /**
   * Gives the pages of an application the tab, if they are enabled and do not have it yet. What
   * happens from now on is shown there.
   */
  public static synchronized void attach(SparkContext context) {
    if (context.ui().isDefined() && !isAttached(context.ui().get())) {
      SparkUI ui = context.ui().get();
      KVStore store = context.statusStore().store();
      context.listenerBus().addToStatusQueue(new LockstepListener(store));
      ui.attachTab(new LockstepTab(ui, new Views(store)));
    }
  }

  private static boolean isAttached(SparkUI ui) {
    for (WebUITab tab : CollectionConverters.asJava(ui.getTabs())) {
      if (tab instanceof LockstepTab) {
        return true;
      }
    }
    return false;
  }

  /** The address of the tab in an application's pages. */
  public static String address(String pages) {
    return pages + "/" + PATH + "/";
  }

  /** Whether the application runs, and this is no history server. */
  boolean isLive() {
    return live;
  }
}
