package dev.lockstep.data.features;

import dev.lockstep.data.Task;
import dev.lockstep.data.lanes.EncodedRows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeArrayWriter;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeRowWriter;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Encodes {@link SourceRows} as {@link EncodedRows}, in Spark's own form of rows: no value is
 * boxed.
 */
final class RowEncoder implements FlatMapFunction<Iterator<InternalRow>, InternalRow> {
  static final StructType SCHEMA =
      new StructType()
          .add(EncodedRows.SPLIT, DataTypes.StringType, true)
          .add(EncodedRows.HASH, DataTypes.LongType, false)
          .add(EncodedRows.LABEL, DataTypes.DoubleType, true)
          .add(EncodedRows.WEIGHT, DataTypes.DoubleType, false)
          .add(EncodedRows.NUMERIC, DataTypes.createArrayType(DataTypes.FloatType, false), false)
          .add(
              EncodedRows.CATEGORICAL,
              DataTypes.createArrayType(DataTypes.IntegerType, false),
              false);

  private static final long serialVersionUID = 1;
  private static final int BATCH = 512;

  private final ArrayList<NumericFeature> numeric;
  private final ArrayList<CategoricalFeature> categorical;
  private final LabelLayout label;

  RowEncoder(
      List<NumericFeature> numeric, List<CategoricalFeature> categorical, LabelLayout label) {
    this.numeric = new ArrayList<>(numeric);
    this.categorical = new ArrayList<>(categorical);
    this.label = label;
  }

  @Override
  public Iterator<InternalRow> call(Iterator<InternalRow> rows) {
    return new Encoded(rows);
  }

  /**
   * Encodes some hundred rows at a time, column by column: what a transform looks up then stays in
   * the processor's nearest cache. They come out in one row, which is overwritten by the next as
   * Spark's own are.
   */
  private final class Encoded implements Iterator<InternalRow> {
    private final Iterator<InternalRow> rows;
    private final NumericFeature.Transform[] transforms;
    private final List<Map<UTF8String, Integer>> indices;
    private final Map<UTF8String, Integer> classes;
    private final UTF8String[] splits = new UTF8String[BATCH];
    private final long[] hashes = new long[BATCH];
    private final double[] labels = new double[BATCH];
    private final double[] weights = new double[BATCH];
    private final double[][] numbers;
    private final int[][] categories;
    private final UnsafeRowWriter row = new UnsafeRowWriter(SCHEMA.size());
    private final UnsafeArrayWriter floats = new UnsafeArrayWriter(row, Float.BYTES);
    private final UnsafeArrayWriter ints = new UnsafeArrayWriter(row, Integer.BYTES);
    private final float[][] encoded;
    private int size;
    private int next;

    Encoded(Iterator<InternalRow> rows) {
      this.rows = rows;
      transforms =
          numeric.stream().map(NumericFeature::transform).toArray(NumericFeature.Transform[]::new);
      indices = categorical.stream().map(f -> index(f.values(), CategoricalFeature.FIRST)).toList();
      classes = index(label.classes(), 0);
      numbers = new double[transforms.length][BATCH];
      categories = new int[indices.size()][BATCH];
      long indicators = numeric.stream().filter(NumericFeature::missing).count();
      encoded = new float[transforms.length + (int) indicators][BATCH];
    }

    @Override
    public boolean hasNext() {
      if (next == size) {
        fill();
      }
      return next < size;
    }

    private void fill() {
      size = 0;
      next = 0;
      while (size < BATCH && rows.hasNext()) {
        read(rows.next(), size++);
      }
      int entry = 0;
      for (int i = 0; i < numbers.length; i++) {
        NumericFeature feature = numeric.get(i);
        encode(numbers[i], feature.median(), transforms[i], encoded[entry++]);
        if (feature.missing()) {
          float[] indicator = encoded[entry++];
          for (int at = 0; at < size; at++) {
            indicator[at] = Double.isNaN(numbers[i][at]) ? 1 : 0;
          }
        }
      }
    }

    private void encode(
        double[] column, double median, NumericFeature.Transform transform, float[] into) {
      for (int at = 0; at < size; at++) {
        into[at] = (float) transform.apply(Double.isNaN(column[at]) ? median : column[at]);
      }
    }

    private void read(InternalRow source, int at) {
      splits[at] = kept(source.getUTF8String(SourceRows.SPLIT), at == 0 ? null : splits[at - 1]);
      hashes[at] = source.getLong(SourceRows.HASH);
      labels[at] = label(source);
      weights[at] = number(source, SourceRows.WEIGHT);
      for (int i = 0; i < numbers.length; i++) {
        numbers[i][at] = number(source, SourceRows.FEATURES + i);
      }
      for (int i = 0; i < categories.length; i++) {
        UTF8String value = source.getUTF8String(SourceRows.FEATURES + numbers.length + i);
        categories[i][at] =
            value == null
                ? CategoricalFeature.MISSING
                : indices.get(i).getOrDefault(value, CategoricalFeature.UNSEEN);
      }
    }

    /** The word in memory of its own; the last one's where that is the same. */
    private static UTF8String kept(UTF8String word, UTF8String last) {
      return word == null ? null : word.equals(last) ? last : word.copy();
    }

    private static double number(InternalRow source, int at) {
      return source.isNullAt(at) ? Double.NaN : source.getDouble(at);
    }

    /** A class that the train split did not have, or a missing label, is not a number. */
    private double label(InternalRow source) {
      if (label.task() == Task.REGRESSION) {
        return number(source, SourceRows.LABEL);
      }
      UTF8String word = source.getUTF8String(SourceRows.LABEL);
      Integer index = word == null ? null : classes.get(word);
      return index == null ? Double.NaN : index;
    }

    @Override
    public InternalRow next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int at = next++;
      row.reset();
      row.zeroOutNullBytes();
      if (splits[at] == null) {
        row.setNullAt(0);
      } else {
        row.write(0, splits[at]);
      }
      row.write(1, hashes[at]);
      if (Double.isFinite(labels[at])) {
        row.write(2, labels[at]);
      } else {
        row.setNullAt(2);
      }
      row.write(3, weights[at]);
      int from = row.cursor();
      floats.initialize(encoded.length);
      for (int i = 0; i < encoded.length; i++) {
        floats.write(i, encoded[i][at]);
      }
      row.setOffsetAndSizeFromPreviousCursor(4, from);
      from = row.cursor();
      ints.initialize(categories.length);
      for (int i = 0; i < categories.length; i++) {
        ints.write(i, categories[i][at]);
      }
      row.setOffsetAndSizeFromPreviousCursor(5, from);
      return row.getRow();
    }
  }

  private static Map<UTF8String, Integer> index(List<String> values, int first) {
    Map<UTF8String, Integer> index = new HashMap<>();
    values.forEach(v -> index.put(UTF8String.fromString(v), first + index.size()));
    return index;
  }
}
