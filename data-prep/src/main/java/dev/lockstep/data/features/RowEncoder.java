package dev.lockstep.data.features;

import dev.lockstep.data.Task;
import dev.lockstep.data.lanes.EncodedRows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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

  /** Encodes row by row into one row, which is overwritten by the next as Spark's own are. */
  private final class Encoded implements Iterator<InternalRow> {
    private final Iterator<InternalRow> rows;
    private final NumericFeature.Transform[] transforms;
    private final double[] medians;
    private final boolean[] indicated;
    private final int entries;
    private final List<Map<UTF8String, Integer>> indices;
    private final Map<UTF8String, Integer> classes;
    private final UnsafeRowWriter row = new UnsafeRowWriter(SCHEMA.size());
    private final UnsafeArrayWriter floats = new UnsafeArrayWriter(row, Float.BYTES);
    private final UnsafeArrayWriter ints = new UnsafeArrayWriter(row, Integer.BYTES);

    Encoded(Iterator<InternalRow> rows) {
      this.rows = rows;
      transforms =
          numeric.stream().map(NumericFeature::transform).toArray(NumericFeature.Transform[]::new);
      medians = numeric.stream().mapToDouble(NumericFeature::median).toArray();
      indicated = new boolean[numeric.size()];
      int indicators = 0;
      for (int i = 0; i < indicated.length; i++) {
        indicated[i] = numeric.get(i).missing();
        indicators += indicated[i] ? 1 : 0;
      }
      entries = numeric.size() + indicators;
      indices = categorical.stream().map(f -> index(f.values(), CategoricalFeature.FIRST)).toList();
      classes = index(label.classes(), 0);
    }

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public InternalRow next() {
      InternalRow source = rows.next();
      row.reset();
      row.zeroOutNullBytes();
      UTF8String split = source.getUTF8String(SourceRows.SPLIT);
      if (split == null) {
        row.setNullAt(0);
      } else {
        row.write(0, split);
      }
      row.write(1, source.getLong(SourceRows.HASH));
      label(source);
      boolean weighted = !source.isNullAt(SourceRows.WEIGHT);
      row.write(3, weighted ? source.getDouble(SourceRows.WEIGHT) : Double.NaN);
      numbers(source);
      categories(source);
      return row.getRow();
    }

    /** A class that the train split did not have, or a missing label, is not a number. */
    private void label(InternalRow source) {
      if (source.isNullAt(SourceRows.LABEL)) {
        row.setNullAt(2);
      } else if (label.task() == Task.REGRESSION) {
        double value = source.getDouble(SourceRows.LABEL);
        if (Double.isFinite(value)) {
          row.write(2, value);
        } else {
          row.setNullAt(2);
        }
      } else {
        Integer index = classes.get(source.getUTF8String(SourceRows.LABEL));
        if (index == null) {
          row.setNullAt(2);
        } else {
          row.write(2, (double) index);
        }
      }
    }

    private void numbers(InternalRow source) {
      int from = row.cursor();
      floats.initialize(entries);
      int entry = 0;
      for (int i = 0; i < transforms.length; i++) {
        boolean missing = source.isNullAt(SourceRows.FEATURES + i);
        double value = missing ? medians[i] : source.getDouble(SourceRows.FEATURES + i);
        floats.write(entry++, (float) transforms[i].apply(value));
        if (indicated[i]) {
          floats.write(entry++, missing ? 1f : 0f);
        }
      }
      row.setOffsetAndSizeFromPreviousCursor(4, from);
    }

    private void categories(InternalRow source) {
      int from = row.cursor();
      ints.initialize(indices.size());
      for (int i = 0; i < indices.size(); i++) {
        UTF8String value = source.getUTF8String(SourceRows.FEATURES + transforms.length + i);
        ints.write(
            i,
            value == null
                ? CategoricalFeature.MISSING
                : indices.get(i).getOrDefault(value, CategoricalFeature.UNSEEN));
      }
      row.setOffsetAndSizeFromPreviousCursor(5, from);
    }

    private static Map<UTF8String, Integer> index(List<String> values, int first) {
      Map<UTF8String, Integer> index = new HashMap<>();
      values.forEach(v -> index.put(UTF8String.fromString(v), first + index.size()));
      return index;
    }
  }
}
