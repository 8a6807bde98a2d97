package dev.lockstep.data.features;

import java.util.Arrays;

/**
 * Mean and standard deviation. Values are divided by a power of two before they are squared, which
 * rounds nothing, so that no square is beyond the range of a double whatever the values' unit is.
 *
 * @param deviation of all values, not of a sample
 */
record MeanAndDeviation(double mean, double deviation) {
  static MeanAndDeviation of(double[] values) {
    int exponent = Math.getExponent(Arrays.stream(values).map(Math::abs).max().orElseThrow());
    double[] scaled = Arrays.stream(values).map(v -> Math.scalb(v, -exponent)).toArray();
    double mean = Arrays.stream(scaled).sum() / scaled.length;
    double squares = Arrays.stream(scaled).map(v -> (v - mean) * (v - mean)).sum();
    return new MeanAndDeviation(
        Math.scalb(mean, exponent), Math.scalb(Math.sqrt(squares / scaled.length), exponent));
  }
}
