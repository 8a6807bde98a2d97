package dev.lockstep.distributor.bench;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Rows in the form of the Criteo data: a label of 0 or 1, 13 counts {@code i1} to {@code i13}, and
 * 26 categories {@code c1} to {@code c26} of eight hexadecimal digits; some are missing. A row is a
 * function of the seed and its number alone, on every machine: no function is used whose last bit
 * may differ.
 *
 * <p>The logarithm of the label's odds is a sum of one effect for each id, a function of the seed,
 * the column and the id, and of a part of each number. So a model needs to know single ids.
 */
final class CriteoRow implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Number of columns of numbers. */
  static final int NUMBERS = 13;

  /** Distinct values of the categories of the Criteo Kaggle data, which give the proportions. */
  private static final long[] SHARES = {
    1_460,
    583,
    10_131_227,
    2_202_608,
    305,
    24,
    12_517,
    633,
    3,
    93_145,
    5_683,
    8_351_593,
    3_194,
    27,
    14_992,
    5_461_306,
    10,
    5_652,
    2_173,
    4,
    7_046_547,
    18,
    15,
    286_181,
    105,
    142_572
  };

  private static final int LEAST = 3;

  /** The ids beyond are too rare to move a mean. */
  private static final int FREQUENT = 10_000;

  private static final double BIAS = -1.5;

  /** Uniform numbers between -1 and 1, times this, have a standard deviation of a half. */
  private static final double EFFECT = 0.5 * 1.7320508075688772;

  /** The logarithm of the odds for a number that is one standard deviation above its mean. */
  private static final double SLOPE = 0.2;

  private final long seed;
  private final int[] sizes;
  private final double[] means;

  /**
   * Rows of a seed.
   *
   * @param ids ids of all categories together, at least 1,000; each category has three or more
   */
  CriteoRow(long seed, int ids) {
    this.seed = seed;
    double all = Arrays.stream(SHARES).sum();
    sizes =
        Arrays.stream(SHARES)
            .mapToInt(share -> (int) Math.max(LEAST, Math.floor(share / all * ids)))
            .toArray();
    int largest = 2; // Takes what rounding has left.
    sizes[largest] += ids - Arrays.stream(sizes).sum();
    means = IntStream.range(0, sizes.length).mapToDouble(this::mean).toArray();
  }

  /** A category's mean effect, so that the labels' share hardly depends on the seed. */
  private double mean(int column) {
    double sum = 0;
    for (int id = 0; id < Math.min(sizes[column], FREQUENT); id++) {
      double share = StrictMath.log1p(1.0 / (id + 1)) / StrictMath.log1p(sizes[column]);
      sum += share * effect(column, id);
    }
    return sum;
  }

  /** Number of ids that each category can have, in the columns' order. */
  int[] sizes() {
    return sizes.clone();
  }

  /** Names and types of the columns. */
  static StructType schema() {
    StructType schema = new StructType().add("label", DataTypes.IntegerType, false);
    for (int i = 1; i <= NUMBERS; i++) {
      schema = schema.add("i" + i, DataTypes.LongType);
    }
    for (int i = 1; i <= SHARES.length; i++) {
      schema = schema.add("c" + i, DataTypes.StringType);
    }
    return schema;
  }

  /** The row of a number. */
  Row row(long number) {
    SplittableRandom random = new SplittableRandom(mixed(mixed(seed) + number));
    Object[] values = new Object[1 + NUMBERS + sizes.length];
    double logit = BIAS;
    for (int i = 0; i < NUMBERS; i++) {
      double z = 2 * (random.nextDouble() + random.nextDouble() + random.nextDouble() - 1.5);
      if (random.nextDouble() >= 0.1 * (i % 3)) { // None, a tenth or a fifth is missing.
        values[1 + i] = (long) StrictMath.exp(3 + z);
        logit += i % 2 == 0 ? SLOPE * z : -SLOPE * z;
      }
    }
    for (int i = 0; i < sizes.length; i++) {
      int id = (int) StrictMath.pow(sizes[i] + 1.0, random.nextDouble()) - 1;
      if (random.nextDouble() >= 0.05 * (i % 3)) { // None, a twentieth or a tenth.
        values[1 + NUMBERS + i] = HexFormat.of().toHexDigits(scattered(id + i));
        logit += effect(i, id) - means[i];
      }
    }
    values[0] = random.nextDouble() < 1 / (1 + StrictMath.exp(-logit)) ? 1 : 0;
    return RowFactory.create(values);
  }

  private double effect(int column, int id) {
    long bits = mixed(mixed(seed ^ 0x5EED) + ((long) column << 32) + id);
    return EFFECT * ((bits >> 11) * 0x1p-52);
  }

  /** David Stafford's variant 13 of the 64-bit finalizer, as in Java's SplittableRandom. */
  private static long mixed(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Another number for each number: an odd factor has an inverse. */
  private static int scattered(int id) {
    int z = id * 0x9E3779B1;
    return (z ^ (z >>> 16)) * 0x85EBCA6B;
  }
}
