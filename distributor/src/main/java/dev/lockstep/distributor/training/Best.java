package dev.lockstep.distributor.training;

import dev.lockstep.distributor.step.FlatParameters;
import java.nio.ByteBuffer;

/** The weights of the best epoch so far. */
final class Best {
  private int epoch;
  private double metric;
  private ByteBuffer values;
  private ByteBuffer state;

  /** No epoch yet. */
  Best(ValidationMetric watched) {
    metric = watched.worst();
  }

  int epoch() {
    return epoch;
  }

  double metric() {
    return metric;
  }

  /** The trained values of that epoch; none before the first. */
  ByteBuffer values() {
    return values;
  }

  /** The carried values of that epoch. */
  ByteBuffer state() {
    return state;
  }

  /** Keeps a copy of the current weights. */
  void keep(int newEpoch, double newMetric, FlatParameters parameters) {
    epoch = newEpoch;
    metric = newMetric;
    values = MovingAverage.copy(parameters.values());
    state = MovingAverage.copy(parameters.state());
  }

  /** Goes on from a checkpoint. */
  void restore(int oldEpoch, double oldMetric, ByteBuffer oldValues, ByteBuffer oldState) {
    epoch = oldEpoch;
    metric = oldMetric;
    values = oldValues;
    state = oldState;
  }

  /** Puts the best weights in place of the current ones, if there are any. */
  void apply(FlatParameters parameters) {
    if (epoch > 0) {
      parameters.values().put(values.duplicate());
      parameters.state().put(state.duplicate());
    }
  }
}
