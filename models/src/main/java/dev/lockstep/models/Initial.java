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

  /** How many numbers of 64 bits a value takes from the generator. */
  int draws();

  /**
   * Some of a parameter's values, without those before them: what {@link #fill} gives for all of
   * them with a new generator of that seed. The state of a {@link SplittableRandom} is its seed
   * plus a constant for each number drawn (Steele, Lea and Flood, "Fast Splittable Pseudorandom
   * Number Generators", OOPSLA 2014), so it can begin anywhere.
   *
   * @param first index of the first value within the parameter
   * @param values takes them
   * @param at where
   * @param count number of values
   */
  default void fill(long seed, long first, float[] values, int at, int count) {
    SplittableRandom random = new SplittableRandom(seed + first * draws() * GOLDEN_GAMMA);
    for (int i = 0; i < count; i++) {
      values[at + i] = (float) draw(random);
    }
  }

  /** What a {@link SplittableRandom} adds to its state for each number. */
  long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  /** Always the same value. */
  record Constant(double value) implements Initial {
    @Override
    public double draw(SplittableRandom random) {
      return value;
    }

    @Override
    public int draws() {
      return 0;
    }
  }

  /** Uniform in {@code [-bound, bound)}. */
  record Uniform(double bound) implements Initial {
    @Override
    public double draw(SplittableRandom random) {
      return random.nextDouble(-1, 1) * bound;
    }

    @Override
    public int draws() {
      return 1;
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

    @Override
    public int draws() {
      return 2;
    }
  }

  /** -1 or 1, each half the time. */
  record Sign() implements Initial {
    @Override
    public double draw(SplittableRandom random) {
      return random.nextBoolean() ? 1 : -1;
    }

    @Override
    public int draws() {
      return 1;
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

    @Override
    public int draws() {
      throw new IllegalStateException("expected to be asked for all values at once");
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

    @Override
    public int draws() {
      throw new IllegalStateException("expected to be asked for all values at once");
    }
  }
}
