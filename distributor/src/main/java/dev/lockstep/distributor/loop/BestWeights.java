package dev.lockstep.distributor.loop;

import dev.lockstep.distributor.spec.ValidationMetric;
import dev.lockstep.distributor.step.FlatParameters;
import java.nio.ByteBuffer;

/** The weights of the best epoch so far. */
final class BestWeights {
  private int epoch;
  private double metric;
  private ByteBuffer values;
  private ByteBuffer buffers;

  /** No epoch yet. */
  BestWeights(ValidationMetric watched) {
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

  /** The buffers of that epoch. */
  ByteBuffer buffers() {
    return buffers;
  }

  /** Keeps a copy of the current weights. */
  void keep(int newEpoch, double newMetric, FlatParameters parameters) {
    epoch = newEpoch;
    metric = newMetric;
    values = MovingAverage.copy(parameters.values());
    buffers = MovingAverage.copy(parameters.buffers());
  }

  /** Goes on from a checkpoint. */
  void restore(int oldEpoch, double oldMetric, ByteBuffer oldValues, ByteBuffer oldBuffers) {
    epoch = oldEpoch;
    metric = oldMetric;
    values = oldValues;
    buffers = oldBuffers;
  }

  /** Puts the best weights in place of the current ones, if there are any. */
  void apply(FlatParameters parameters) {
    if (epoch > 0) {
      parameters.values().put(values.duplicate());
      parameters.buffers().put(buffers.duplicate());
    }
  }
}
