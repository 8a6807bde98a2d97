package dev.lockstep.data.features;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * To a normal distribution, by quantiles: a value's probability under the train split, values that
 * repeat in the middle of their range, then the inverse of the normal distribution function.
 *
 * <p>On the way from a quantile to the next a polynomial stands for the function wherever it is as
 * close as float32 can tell. Elsewhere, towards both ends, the way is cut into pieces, whose
 * polynomials are much closer: they say what the nearest float32 is wherever it is the same at both
 * ends of their error. Many values are encoded without a branch, for this is the inner loop of all
 * encoding; the few that are left are computed one by one.
 */
final class NormalScores implements NumericFeature.Transform {
  /** Beyond it, one in ten million: the least and the greatest value of the train split. */
  private static final double LEAST = 1e-7;

  /** The polynomial of a whole way is off by no more. */
  private static final double CLOSE = 5e-8;

  /** The polynomial of a piece is off by no more. */
  private static final double SURE = 1e-9;

  private static final int MOST_PIECES = 32;

  /** Cells of equal width between the least and the greatest value, by which one is found. */
  private static final int CELLS = 8192;

  /** So many values are looked up before they are encoded: what is noted of them stays near. */
  private static final int TILE = 256;

  // What is known of a piece: a cache line.
  private static final int STRIDE = 8;

  /** The value at its end; infinity on the last, which has none. */
  private static final int END = 0;

  /** The value at its begin. */
  private static final int BEGIN = 1;

  /** What its polynomial may be off by and still tell the nearest float32; NaN if it cannot. */
  private static final int ERROR = 2;

  /** Four coefficients, by what a value is greater than the begin. */
  private static final int POLYNOMIAL = 3;

  /** The distinct quantiles, ascending. */
  private final double[] values;

  /** Their scores. */
  private final double[] scores;

  /** The share of the train split up to each of them. */
  private final double[] upTo;

  /** What the share rises by for each unit on the way to the next of them. */
  private final double[] slopes;

  /** Where the one piece of the way to each of them is; -1 where it has more, or none is close. */
  private final int[] whole;

  /** The pieces of the ways to each of the quantiles, ascending; and one that tells nothing. */
  private final double[] pieces;

  /** Where the piece is on which a cell begins, or the last, where more than one ends in it. */
  private final int[] first = new int[CELLS];

  private final double cellsPerUnit;

  NormalScores(double[] quantiles) {
    values = Arrays.stream(quantiles).map(q -> q + 0.0).distinct().toArray(); // -0 is 0.
    scores = new double[values.length];
    upTo = new double[values.length];
    slopes = new double[values.length];
    whole = new int[values.length];
    List<double[]> all = new ArrayList<>();
    all.add(silent(values[0]));
    int at = 0;
    for (int i = 0; i < values.length; i++) {
      double below = share(at, quantiles);
      while (at + 1 < quantiles.length && quantiles[at + 1] == values[i]) {
        at++;
      }
      upTo[i] = share(at++, quantiles);
      scores[i] = score((below + upTo[i]) / 2);
      whole[i] = -1;
      if (i > 0) {
        slopes[i - 1] = (below - upTo[i - 1]) / (values[i] - values[i - 1]);
        double[] polynomial = wholeWay(i, below);
        if (polynomial != null) {
          whole[i] = STRIDE * all.size();
          all.add(piece(values[i], values[i - 1], 0, polynomial));
        } else {
          all.addAll(cut(i));
        }
      }
    }
    int last = STRIDE * all.size();
    all.add(silent(Double.POSITIVE_INFINITY));
    all.add(silent(Double.POSITIVE_INFINITY)); // Infinity is beyond itself by its sign.
    pieces = all.stream().flatMapToDouble(Arrays::stream).toArray();
    double range = values[values.length - 1] - values[0];
    cellsPerUnit = range > 0 && range < Double.MAX_VALUE ? CELLS / range : 0;
    int[] ends = new int[CELLS];
    for (int piece = 0; piece < last; piece += STRIDE) {
      ends[cell(pieces[piece + END])]++;
    }
    int before = 0;
    for (int cell = 0; cell < CELLS; cell++) {
      first[cell] = ends[cell] > 1 ? last : before;
      before += STRIDE * ends[cell];
    }
  }

  /** The polynomial with the function's values and slopes at both ends; null if it is not close. */
  private double[] wholeWay(int way, double share) {
    double begin = values[way - 1];
    double width = values[way] - begin;
    double start = score(upTo[way - 1]);
    double rise = score(share) - start;
    double from = slopes[way - 1] * width / density(start);
    double to = slopes[way - 1] * width / density(start + rise);
    double[] polynomial = {
      start,
      from / width,
      (3 * rise - 2 * from - to) / width / width,
      (from + to - 2 * rise) / width / width / width
    };
    for (double part : new double[] {0.25, 0.5, 0.75}) {
      double value = begin + part * width;
      if (!(Math.abs(Cubic.at(polynomial, 0, value - begin) - exact(value, way)) < CLOSE)) {
        return null;
      }
    }
    return polynomial;
  }

  /** As few equal pieces of a way as are close enough; one that tells nothing if none are. */
  private List<double[]> cut(int way) {
    for (int count = 2; count <= MOST_PIECES; count *= 2) {
      List<double[]> cut = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        double begin = between(way, i, count);
        double end = between(way, i + 1, count);
        Cubic cubic = Cubic.of(begin, end, value -> exact(value, way));
        if (!(cubic.error() < SURE / 2)) {
          break;
        }
        cut.add(piece(end, begin, SURE, cubic.coefficients()));
      }
      if (cut.size() == count) {
        return cut;
      }
    }
    return List.of(silent(values[way]));
  }

  private static double[] piece(double end, double begin, double error, double[] polynomial) {
    return DoubleStream.concat(
            DoubleStream.of(end, begin, error),
            Arrays.stream(Arrays.copyOf(polynomial, STRIDE - POLYNOMIAL)))
        .toArray();
  }

  /** A piece that tells nothing of the values on it. */
  private static double[] silent(double end) {
    return piece(end, Double.NaN, Double.NaN, new double[0]);
  }

  private double between(int way, int part, int count) {
    return part == count
        ? values[way]
        : values[way - 1] + (values[way] - values[way - 1]) * part / count;
  }

  private static double share(int place, double[] quantiles) {
    return place / (quantiles.length - 1.0);
  }

  private static double score(double share) {
    return InverseNormal.of(Math.min(1 - LEAST, Math.max(LEAST, share)));
  }

  /** Of the normal distribution. */
  private static double density(double score) {
    return Math.exp(-score * score / 2) / Math.sqrt(2 * Math.PI);
  }

  @Override
  public double apply(double value) {
    int found = Arrays.binarySearch(values, value + 0.0);
    if (found >= 0) {
      return scores[found];
    }
    int way = -found - 1;
    if (way == 0 || way == values.length) {
      return score(way == 0 ? 0 : 1);
    }
    return whole[way] < 0
        ? exact(value, way)
        : Cubic.at(pieces, whole[way] + POLYNOMIAL, value - pieces[whole[way] + BEGIN]);
  }

  @Override
  public void apply(double[] values, float[] encoded) {
    int[] found = new int[TILE];
    int[] left = new int[TILE];
    for (int from = 0; from < encoded.length; from += TILE) {
      int rows = Math.min(TILE, encoded.length - from);
      for (int i = 0; i < rows; i++) {
        double value = values[from + i];
        int piece = first[cell(value)];
        // One more where the value is beyond the end: a branch would be mistaken half the time.
        found[i] = piece + STRIDE * beyond(value, piece);
      }
      int more = 0;
      for (int i = 0; i < rows; i++) {
        double value = values[from + i];
        int piece = found[i];
        double score = Cubic.at(pieces, piece + POLYNOMIAL, value - pieces[piece + BEGIN]);
        float least = (float) (score - pieces[piece + ERROR]);
        float most = (float) (score + pieces[piece + ERROR]);
        encoded[from + i] = least;
        left[more] = from + i;
        more += least == most && pieces[piece + END] != value ? 0 : 1;
      }
      for (int i = 0; i < more; i++) {
        encoded[left[i]] = (float) apply(values[left[i]]);
      }
    }
  }

  private int beyond(double value, int piece) {
    return (int) (Double.doubleToRawLongBits(pieces[piece + END] - value) >>> 63);
  }

  private double exact(double value, int way) {
    return score(upTo[way - 1] + (value - values[way - 1]) * slopes[way - 1]);
  }

  /** Rises with the value, so that a value is looked for among those of its own cell. */
  private int cell(double value) {
    return Math.max(0, Math.min((int) ((value - values[0]) * cellsPerUnit), CELLS - 1));
  }
}
