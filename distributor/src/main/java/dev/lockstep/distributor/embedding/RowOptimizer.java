package dev.lockstep.distributor.embedding;

/**
 * Updates rows of sharded embeddings, in plain Java float arithmetic. The rows of a call stand one
 * after another, and so do those of each array of their state: loops over them become vector code.
 */
public sealed interface RowOptimizer {
  /** For each array of state, how many of its values a row has. */
  int[] state();

  /**
   * Updates some rows.
   *
   * @param rows number of rows
   * @param values their values
   * @param state the arrays of their state
   * @param gradient their gradients, of which the first is at {@code from}
   * @param step what a step's number and rate come to
   */
  void update(int rows, float[] values, float[][] state, float[] gradient, int from, Step step);

  /** What is the same for all rows of a step. */
  Step step(double rate, long number);

  /**
   * What is the same for all rows of a step.
   *
   * @param size factor of an update
   * @param root factor of the root of squares, where there is one
   */
  record Step(float size, float root) {}

  /**
   * Adam (Kingma and Ba, ICLR 2015) on touched rows, as PyTorch's SparseAdam: means stand still
   * while a row is not touched, and the bias correction counts all steps.
   *
   * @param width number of values of a row
   */
  record LazyAdam(int width, double beta1, double beta2, double epsilon) implements RowOptimizer {
    @Override
    public int[] state() {
      return new int[] {width, width};
    }

    @Override
    public Step step(double rate, long number) {
      return new Step(
          (float) (rate / (1 - StrictMath.pow(beta1, (double) number))),
          (float) (1 / Math.sqrt(1 - StrictMath.pow(beta2, (double) number))));
    }

    @Override
    public void update(int rows, float[] values, float[][] state, float[] g, int from, Step step) {
      float[] mean = state[0];
      float[] square = state[1];
      float b1 = (float) beta1;
      float c1 = (float) (1 - beta1);
      float b2 = (float) beta2;
      float c2 = (float) (1 - beta2);
      float eps = (float) epsilon;
      float size = step.size();
      float root = step.root();
      int count = rows * width;
      for (int k = 0; k < count; k++) {
        mean[k] = b1 * mean[k] + c1 * g[from + k];
      }
      for (int k = 0; k < count; k++) {
        square[k] = b2 * square[k] + c2 * (g[from + k] * g[from + k]);
      }
      for (int k = 0; k < count; k++) {
        float denominator = (float) Math.sqrt(square[k]) * root + eps;
        values[k] = values[k] - size * mean[k] / denominator;
      }
    }
  }

  /**
   * Adagrad (Duchi, Hazan and Singer, JMLR 2011) with one sum of squares a row and table, the mean
   * over its values, as TorchRec and DLRM train: a float instead of a row.
   *
   * @param widths number of values of each table's part of a row
   */
  @SuppressWarnings("ArrayRecordComponent") // Read in the inner loop; never compared.
  record RowWiseAdagrad(int[] widths, double epsilon) implements RowOptimizer {
    @Override
    public int[] state() {
      return new int[] {widths.length};
    }

    @Override
    public Step step(double rate, long number) {
      return new Step((float) rate, 1);
    }

    @Override
    public void update(int rows, float[] values, float[][] state, float[] g, int from, Step step) {
      int at = 0;
      for (int row = 0; row < rows; row++) {
        for (int table = 0; table < widths.length; table++) {
          int to = at + widths[table];
          float squares = 0;
          for (int k = at; k < to; k++) {
            squares += g[from + k] * g[from + k];
          }
          int place = row * widths.length + table;
          float sum = state[0][place] + squares / widths[table];
          state[0][place] = sum;
          float size = step.size() / ((float) Math.sqrt(sum) + (float) epsilon);
          for (int k = at; k < to; k++) {
            values[k] -= size * g[from + k];
          }
          at = to;
        }
      }
    }
  }

  /** Gradient descent without momentum, which would move all rows at each step. */
  record PlainSgd(int width) implements RowOptimizer {
    @Override
    public int[] state() {
      return new int[0];
    }

    @Override
    public Step step(double rate, long number) {
      return new Step((float) rate, 1);
    }

    @Override
    public void update(int rows, float[] values, float[][] state, float[] g, int from, Step step) {
      for (int k = 0; k < rows * width; k++) {
        values[k] -= step.size() * g[from + k];
      }
    }
  }
}
