package dev.lockstep.distributor.internal.spark.ui;

import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.OfRun;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.OfTraining;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.RunStarted;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.TrainingStarted;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.util.kvstore.KVStore;

/**
 * Makes of Lockstep's events what the page shows. The newest 200 trainings and 200 runs of an
 * application are kept.
 */
final class LockstepListener extends SparkListener {
  private static final int MOST = 200;

  private final KVStore store;

  LockstepListener(KVStore store) {
    this.store = store;
  }

  @Override
  public void onOtherEvent(SparkListenerEvent event) {
    try {
      if (event instanceof OfRun ofRun) {
        heard(ofRun);
      } else if (event instanceof OfTraining ofTraining) {
        heard(ofTraining);
      }
    } catch (NoSuchElementException e) {
      // Spark drops events when its queue is full: nothing is known of how this one began.
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) { // The interface of Spark's store says so.
      throw new IllegalStateException("expected to read and write Spark's store of its pages", e);
    }
  }

  private void heard(OfRun event) throws Exception {
    if (event instanceof RunStarted started) {
      forget(RunView.class, RunView.BY_TIME);
      store.write(new RunView(started));
    } else {
      store.write(store.read(RunView.class, event.run()).with(event));
    }
  }

  private void heard(OfTraining event) throws Exception {
    if (event instanceof TrainingStarted started) {
      forget(TrainingView.class, TrainingView.BY_TIME);
      store.write(new TrainingView(started));
    } else {
      store.write(store.read(TrainingView.class, event.training()).with(event));
    }
  }

  /** Makes room for one more. */
  private <T> void forget(Class<T> type, String byTime) throws Exception {
    if (store.count(type) >= MOST) {
      Iterator<T> oldest = store.view(type).index(byTime).max(1).iterator();
      T first = oldest.next();
      store.delete(type, first instanceof RunView run ? run.id() : ((TrainingView) first).id());
    }
  }
}
