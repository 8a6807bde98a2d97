package dev.lockstep.models;

import java.util.List;
import java.util.SplittableRandom;

/** The distribution of a parameter's initial values. */
public sealed interface Initial {
  /** One value. */
  double draw(SplittableRandom random);

  /** All values of a parameter, in the order of its memory. */
  default void fill(float[] values, SplittableRandom random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) draw(random);
    }
  }

  /** Always the same value. */
  record Constant(double value) implements Initial {
    @Override
    public double draw(SplittableRandom random) {
      return value;
    }
  }

  /** Uniform in {@code [-bound, bound)}. */
  record Uniform(double bound) implements Initial {
    @Override
    public double draw(SplittableRandom random) {
      return random.nextDouble(-1, 1) * bound;
    }
  }

  /** Normal with mean 0. */
  record Normal(double deviation) implements Initial {
    @Override
    public double draw(SplittableRandom random) {
      // Box and Muller's transform with StrictMath: the same bits on every JVM.
      double u = 1 - random.nextDouble();
      double angle = 2 * Math.PI * random.nextDouble();
      return deviation * StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(angle);
    }
  }

  /** -1 or 1, each half the time. */
  record Sign() implements Initial {
    @Override
    public double draw(SplittableRandom random) {
      return random.nextBoolean() ? 1 : -1;
    }
  }

  /**
   * The same values over and over, so that the members of an ensemble begin alike.
   *
   * @param values distribution of the values that are repeated
   * @param period their number
   */
  record Repeated(Initial values, int period) implements Initial {
    @Override
    public double draw(SplittableRandom random) {
      return values.draw(random);
    }

    @Override
    public void fill(float[] all, SplittableRandom random) {
      for (int i = 0; i < all.length; i++) {
        all[i] = i < period ? (float) values.draw(random) : all[i - period];
      }
    }
  }

  /**
   * Given values, such as those of a network that was trained before.
   *
   * @param values the values, in the order of the parameter's memory
   */
  record Given(List<Float> values) implements Initial {
    /** Copies the values. */
    public Given {
      values = List.copyOf(values);
    }

    @Override
    public double draw(SplittableRandom random) {
      throw new IllegalStateException("expected to be asked for all values at once");
    }

    @Override
    public void fill(float[] all, SplittableRandom random) {
      if (all.length != values.size()) {
        throw new IllegalStateException(
            "expected %d values, the parameter has %d".formatted(values.size(), all.length));
      }
      for (int i = 0; i < all.length; i++) {
        all[i] = values.get(i);
      }
    }
  }
}
