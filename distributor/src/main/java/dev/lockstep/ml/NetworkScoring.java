package dev.lockstep.ml;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.features.FeatureEncoding;
import dev.lockstep.data.internal.spark.AddedColumns;
import dev.lockstep.data.internal.spark.VectorRows;
import dev.lockstep.models.SavedNetwork;
import java.io.Serializable;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Scores rows where they lie. They pass through the network in batches of one size, the last one
 * filled up: a product of matrices of another size may be summed in another order, and a row's
 * score would depend on its neighbours.
 *
 * @param network the network and its features, one of each in a JVM
 * @param vector the entries of the vector that is read; empty where columns are
 * @param output from what the network says of a row to the new columns
 */
record NetworkScoring(
    Broadcast<SharedNetwork> network, Optional<VectorEntries> vector, RowOutput output)
    implements AddedColumns.Computation {
  /** Rows of a batch: enough for full use of the processor, few enough for its caches. */
  static final int BATCH = 1024;

  /** For Java's serialization, which does not know Optional. */
  private record Sent(Broadcast<SharedNetwork> network, VectorEntries vector, RowOutput output)
      implements Serializable {
    private Object readResolve() {
      return new NetworkScoring(network, Optional.ofNullable(vector), output);
    }
  }

  private Object writeReplace() {
    return new Sent(network, vector.orElse(null), output);
  }

  @Override
  public Iterator<InternalRow> of(Iterator<InternalRow> rows) {
    return new Scores(rows, network.value(), vector, output);
  }

  /** The scores of an iterator's rows, batch by batch. */
  static final class Scores implements Iterator<InternalRow> {
    private final Iterator<InternalRow> rows;
    private final RowOutput output;
    private final Optional<Vector> vector;
    private final FeatureEncoding encoding;
    private final SavedNetwork network;
    private final double[][] numbers;
    private final float[] x;
    private final int[] c;
    private SavedNetwork.Scored scored;
    private int size;
    private int next;

    Scores(
        Iterator<InternalRow> rows,
        SharedNetwork shared,
        Optional<VectorEntries> vector,
        RowOutput output) {
      this.rows = rows;
      this.output = output;
      this.vector = vector.map(Vector::new);
      encoding = shared.encoding();
      network = shared.network();
      numbers = new double[encoding.numericColumns()][BATCH];
      x = new float[BATCH * encoding.entries()];
      c = new int[BATCH * encoding.categoricalColumns()];
    }

    @Override
    public boolean hasNext() {
      return next < size || rows.hasNext();
    }

    @Override
    public InternalRow next() {
      if (next == size) {
        fill();
      }
      return output.of(scored, next++);
    }

    private void fill() {
      size = 0;
      next = 0;
      while (size < BATCH && rows.hasNext()) {
        InternalRow row = rows.next();
        if (vector.isPresent()) {
          readVector(vector.get(), row);
        } else {
          readColumns(row);
        }
        size++;
      }
      if (size == 0) {
        throw new NoSuchElementException("no more rows");
      }
      int entries = encoding.entries();
      float[][] encoded = encoding.numbers(i -> numbers[i], BATCH);
      for (int entry = 0; entry < entries; entry++) {
        float[] column = encoded[entry];
        for (int row = 0, to = entry; row < BATCH; row++, to += entries) {
          x[to] = column[row];
        }
      }
      scored = network.score(x, c, BATCH);
    }

    private void readColumns(InternalRow row) {
      for (int i = 0; i < numbers.length; i++) {
        numbers[i][size] = row.isNullAt(i) ? Double.NaN : row.getDouble(i);
      }
      int categories = encoding.categoricalColumns();
      for (int i = 0; i < categories; i++) {
        int column = numbers.length + i;
        c[size * categories + i] =
            encoding.index(i, row.isNullAt(column) ? null : row.getUTF8String(column));
      }
    }

    private void readVector(Vector from, InternalRow row) {
      if (row.isNullAt(0)) {
        throw new LockstepException(
            "a row has no vector of features", "Drop such rows, or fill them in");
      }
      int entries = VectorRows.read(row, 0, from.values);
      if (entries != from.values.length) {
        throw new LockstepException(
            "a vector of features has %,d entries, but the network was trained on %,d"
                .formatted(entries, from.values.length),
            "Apply the pipeline that it was trained with");
      }
      for (int i = 0; i < from.numeric.length; i++) {
        numbers[i][size] = from.values[from.numeric[i]];
      }
      for (int i = 0; i < from.categorical.length; i++) {
        double index = from.values[from.categorical[i]];
        c[size * from.categorical.length + i] =
            encoding.index(i, Double.isNaN(index) ? null : VectorRows.text((int) index));
      }
    }

    /** Places of a vector's entries, and the entries of the row that is being read. */
    private static final class Vector {
      private final int[] numeric;
      private final int[] categorical;
      private final double[] values;

      Vector(VectorEntries entries) {
        numeric = entries.numeric().stream().mapToInt(i -> i).toArray();
        categorical = entries.categorical().stream().mapToInt(i -> i).toArray();
        values = new double[entries.size()];
      }
    }
  }
}
