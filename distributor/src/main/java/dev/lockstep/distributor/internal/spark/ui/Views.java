package dev.lockstep.distributor.internal.spark.ui;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.util.kvstore.KVStore;

/** What Spark's store of its pages has of Lockstep; the newest come first. */
record Views(KVStore store) {
  List<RunView> runs() {
    return all(RunView.class, RunView.BY_TIME);
  }

  List<TrainingView> trainings() {
    return all(TrainingView.class, TrainingView.BY_TIME);
  }

  boolean isEmpty() {
    return runs().isEmpty() && trainings().isEmpty();
  }

  /** A training by its name; else the newest that runs; else the newest. */
  static Optional<TrainingView> selected(List<TrainingView> trainings, String id) {
    return trainings.stream()
        .filter(t -> t.id().equals(id))
        .findFirst()
        .or(() -> trainings.stream().filter(TrainingView::isRunning).findFirst())
        .or(() -> trainings.stream().findFirst());
  }

  private <T> List<T> all(Class<T> type, String byTime) {
    List<T> found = new ArrayList<>();
    try {
      store.view(type).index(byTime).reverse().forEach(found::add);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) { // The interface of Spark's store says so.
      throw new IllegalStateException("expected to read Spark's store of its pages", e);
    }
    return found;
  }
}
