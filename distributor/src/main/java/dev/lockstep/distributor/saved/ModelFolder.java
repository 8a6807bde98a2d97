package dev.lockstep.distributor.saved;

import java.io.Serializable;
import java.util.Objects;

/**
 * The folder of one network of a run.
 *
 * @param run the run's folder, on any Hadoop file system
 * @param model the network's path within it, such as {@code mlp} or {@code mlp/seed-2}
 */
public record ModelFolder(String run, String model) implements Serializable {
  /** Checks that both are given. */
  public ModelFolder {
    Objects.requireNonNull(run, "run");
    if (model.isEmpty() || model.startsWith("/") || model.contains("..")) {
      throw new IllegalArgumentException("expected a path within a run, got '" + model + "'");
    }
  }

  /** The folder's path. */
  public String path() {
    return run + "/" + model;
  }

  /** Run and network, such as {@code 20260131-120000-1a2b/mlp}: unique among all runs. */
  public String name() {
    return run.substring(run.lastIndexOf('/') + 1) + "/" + model;
  }
}
