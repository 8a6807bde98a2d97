package dev.lockstep.models;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An option that tuning may vary.
 *
 * @param name its name in the experiment file
 * @param range the values that it may take
 */
public record TunedOption(String name, Range range) {
  /** The values that an option may take. */
  public sealed interface Range {
    /**
     * A value.
     *
     * @param share in [0, 1), evenly distributed
     */
    Object at(double share);
  }

  /** Numbers, evenly distributed on a logarithmic scale. */
  public record Logarithmic(double least, double most) implements Range {
    @Override
    public Object at(double share) {
      return rounded(least * StrictMath.pow(most / least, share));
    }
  }

  /** Numbers, evenly distributed. */
  public record Uniform(double least, double most) implements Range {
    @Override
    public Object at(double share) {
      return rounded(least + share * (most - least));
    }
  }

  /** One of a few values. */
  public record OneOf(List<?> values) implements Range {
    /** Copies the values. */
    public OneOf {
      values = List.copyOf(values);
    }

    @Override
    public Object at(double share) {
      return values.get((int) (share * values.size()));
    }
  }

  /** Three digits are enough for an option, and a person can copy them into a file. */
  private static double rounded(double value) {
    return new BigDecimal(value).round(new MathContext(3)).doubleValue();
  }

  /** Numbers on a logarithmic scale. */
  public static TunedOption logarithmic(String name, double least, double most) {
    return new TunedOption(name, new Logarithmic(least, most));
  }

  /** Numbers, evenly. */
  public static TunedOption uniform(String name, double least, double most) {
    return new TunedOption(name, new Uniform(least, most));
  }

  /** One of a few values. */
  public static TunedOption oneOf(String name, Object... values) {
    return new TunedOption(name, new OneOf(List.of(values)));
  }

  /** One to so many layers, all of one width. */
  public static TunedOption layers(String name, int most, List<Integer> widths) {
    return new TunedOption(
        name,
        new OneOf(
            widths.stream()
                .flatMap(
                    w -> IntStream.rangeClosed(1, most).mapToObj(d -> Collections.nCopies(d, w)))
                .toList()));
  }
}
