package dev.lockstep.models;

import java.util.SplittableRandom;

/** The distribution of a parameter's initial values. */
public sealed interface Initial {
  /** One value. */
  double draw(SplittableRandom random);

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
}
