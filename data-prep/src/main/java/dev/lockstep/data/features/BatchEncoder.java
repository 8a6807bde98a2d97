package dev.lockstep.data.features;

import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedBatch;
import dev.lockstep.data.internal.spark.StringColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.ToIntFunction;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Encodes {@link SourceRows}, column by column: what a transform looks up then stays in the
 * processor's nearest cache.
 */
final class BatchEncoder implements FlatMapFunction<Iterator<ColumnarBatch>, EncodedBatch> {
  private static final long serialVersionUID = 1;

  private final ArrayList<NumericFeature> numeric;
  private final ArrayList<CategoricalFeature> categorical;
  private final LabelLayout label;

  BatchEncoder(
      List<NumericFeature> numeric, List<CategoricalFeature> categorical, LabelLayout label) {
    this.numeric = new ArrayList<>(numeric);
    this.categorical = new ArrayList<>(categorical);
    this.label = label;
  }

  @Override
  public Iterator<EncodedBatch> call(Iterator<ColumnarBatch> batches) {
    Encoding encoding = new Encoding();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return batches.hasNext();
      }

      @Override
      public EncodedBatch next() {
        return encoding.of(batches.next());
      }
    };
  }

  /** What was learned, ready to be applied many times. */
  private final class Encoding {
    private final FeatureEncoding features = new FeatureEncoding(numeric, categorical);
    private final ToIntFunction<UTF8String> classes =
        new CategoryIndices(new CategoricalFeature("label", label.classes(), 0));

    EncodedBatch of(ColumnarBatch batch) {
      int rows = batch.numRows();
      return new EncodedBatch(
          rows,
          splits(batch.column(SourceRows.SPLIT), rows),
          batch.column(SourceRows.HASH).getLongs(0, rows),
          labels(batch.column(SourceRows.LABEL), rows),
          SourceRows.numbers(batch.column(SourceRows.WEIGHT), rows),
          features.numbers(
              i -> SourceRows.numbers(batch.column(SourceRows.FEATURES + i), rows), rows),
          words(batch, rows));
    }

    /** The words in memory of their own. */
    private static UTF8String[] splits(ColumnVector column, int rows) {
      StringColumn words = StringColumn.of(column, rows);
      UTF8String[] own =
          Arrays.stream(words.values()).map(UTF8String::copy).toArray(UTF8String[]::new);
      UTF8String[] splits = new UTF8String[rows];
      for (int row = 0; row < rows; row++) {
        int code = words.codes()[row];
        splits[row] = code == StringColumn.MISSING ? null : own[code];
      }
      return splits;
    }

    /** A class that the train split did not have, or a missing label, is not a number. */
    private double[] labels(ColumnVector column, int rows) {
      if (label.task() == Task.REGRESSION) {
        double[] labels = SourceRows.numbers(column, rows);
        for (int row = 0; row < rows; row++) {
          labels[row] = LabelLayout.isNumber(labels[row]) ? labels[row] : Double.NaN;
        }
        return labels;
      }
      double[] labels = new double[rows];
      int[] found = indices(column, rows, classes);
      for (int row = 0; row < rows; row++) {
        int index = found[row] - CategoricalFeature.FIRST;
        labels[row] = index < 0 ? Double.NaN : index;
      }
      return labels;
    }

    private int[][] words(ColumnarBatch batch, int rows) {
      int[][] encoded = new int[features.categoricalColumns()][];
      for (int i = 0; i < encoded.length; i++) {
        int feature = i;
        ColumnVector column =
            batch.column(SourceRows.FEATURES + features.numericColumns() + feature);
        encoded[i] = indices(column, rows, value -> features.index(feature, value));
      }
      return encoded;
    }

    private static int[] indices(ColumnVector column, int rows, ToIntFunction<UTF8String> index) {
      StringColumn words = StringColumn.of(column, rows);
      int[] known = Arrays.stream(words.values()).mapToInt(index).toArray();
      int[] indices = new int[rows];
      for (int row = 0; row < rows; row++) {
        int code = words.codes()[row];
        indices[row] = code == StringColumn.MISSING ? CategoricalFeature.MISSING : known[code];
      }
      return indices;
    }
  }
}
