package dev.lockstep.distributor.prediction;

import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.features.FeatureEncoding;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.internal.spark.AddedColumns;
import dev.lockstep.data.internal.spark.VectorRows;
import dev.lockstep.data.sql.ColumnValues;
import dev.lockstep.data.sql.Identifiers;
import dev.lockstep.models.SavedNetwork;
import dev.lockstep.models.engine.Libtorch;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Scores rows where they lie. They pass through the network in batches of one size, the last one
 * filled up: a product of matrices of another size may be summed in another order, and a row's
 * score would depend on its neighbours.
 *
 * @param network the network and its features, one of each in a JVM
 * @param places the columns of the features in the rows that are read: numbers before categories,
 *     or that of the vector
 * @param vector the entries of the vector that is read; empty where columns are
 * @param output from what the network says of a row to the new columns
 */
public record NetworkScoring(
    Broadcast<SharedNetwork> network,
    List<Integer> places,
    Optional<VectorEntries> vector,
    RowOutput output)
    implements AddedColumns.Computation {
  /** Rows of a batch: enough for full use of the processor, few enough for its caches. */
  private static final int BATCH = 1024;

  /** Rows that are encoded together: each feature's tables then stay in a cache for as long. */
  private static final int ROWS = 8 * BATCH;

  /** Values of features that are encoded together, at most. */
  private static final int VALUES = 1 << 21;

  /** Bytes of rows that wait for their scores, at most. */
  private static final long BYTES = 1 << 24;

  /** Copies the places. */
  public NetworkScoring {
    places = List.copyOf(places);
  }

  /**
   * A dataset with the scores of its rows, without a shuffle.
   *
   * @param features the network's features, which are columns of the dataset
   * @param added the columns of the scores
   */
  public static Dataset<Row> ofColumns(
      Dataset<?> dataset,
      FeatureModel features,
      Broadcast<SharedNetwork> network,
      StructType added,
      RowOutput output) {
    StructType schema = dataset.schema();
    Sources sources = new Sources(schema);
    features
        .numericColumns()
        .forEach(c -> sources.add(c, DataTypes.DoubleType, ColumnValues.number(schema, c)));
    features
        .categoricalColumns()
        .forEach(c -> sources.add(c, DataTypes.StringType, ColumnValues.text(schema, c)));
    return AddedColumns.to(
        dataset,
        sources.beside,
        added,
        new NetworkScoring(network, sources.places, Optional.empty(), output));
  }

  /** As {@link #ofColumns}, where the features are entries of a column of vectors. */
  public static Dataset<Row> ofVector(
      Dataset<?> dataset,
      String vector,
      VectorEntries entries,
      Broadcast<SharedNetwork> network,
      StructType added,
      RowOutput output) {
    Sources sources = new Sources(dataset.schema());
    sources.add(vector, SQLDataTypes.VectorType(), col(Identifiers.quoted(vector)));
    return AddedColumns.to(
        dataset,
        sources.beside,
        added,
        new NetworkScoring(network, sources.places, Optional.of(entries), output));
  }

  /** Where features are read: in the dataset's own columns where they have the right type. */
  private static final class Sources {
    private final StructType schema;
    private final List<Column> beside = new ArrayList<>();
    private final List<Integer> places = new ArrayList<>();

    Sources(StructType schema) {
      this.schema = schema;
    }

    void add(String name, DataType type, Column otherwise) {
      if (schema.apply(name).dataType().equals(type)) {
        places.add(schema.fieldIndex(name));
      } else {
        places.add(schema.size() + beside.size());
        beside.add(otherwise);
      }
    }
  }

  /** For Java's serialization, which does not know Optional. */
  private record Sent(
      Broadcast<SharedNetwork> network,
      List<Integer> places,
      VectorEntries vector,
      RowOutput output)
      implements Serializable {
    private Object readResolve() {
      return new NetworkScoring(network, places, Optional.ofNullable(vector), output);
    }
  }

  private Object writeReplace() {
    return new Sent(network, places, vector.orElse(null), output);
  }

  @Override
  public Iterator<InternalRow> of(Iterator<InternalRow> rows) {
    Scores scores = new Scores(rows, ROWS, network.value(), places, vector);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return scores.hasNext();
      }

      @Override
      public InternalRow next() {
        int row = scores.next();
        return output.of(scores.batch(), row);
      }
    };
  }

  /** Goes through rows, which are scored many at a time. */
  public static final class Scores {
    private final Iterator<InternalRow> rows;
    private final int[] places;
    private final Optional<Vector> vector;
    private final FeatureEncoding encoding;
    private final SharedNetwork shared; // Kept: the network is closed when nobody refers to it.
    private final int categories;
    private final int most;
    private final double[][] numbers;
    private final int[] indices;
    private float[][] encoded;
    private SavedNetwork.Scored scored;
    private int size;
    private int next;

    /**
     * Scores.
     *
     * @param rowsAtOnce so many rows are read before the first is scored, or fewer
     */
    public Scores(
        Iterator<InternalRow> rows,
        int rowsAtOnce,
        SharedNetwork shared,
        List<Integer> places,
        Optional<VectorEntries> vector) {
      this.rows = rows;
      this.places = places.stream().mapToInt(i -> i).toArray();
      this.vector = vector.map(Vector::new);
      encoding = shared.encoding();
      this.shared = shared;
      categories = encoding.categoricalColumns();
      int columns = Math.max(1, encoding.numericColumns() + categories);
      most = Math.max(1, Math.min(rowsAtOnce, VALUES / columns));
      numbers = new double[encoding.numericColumns()][most];
      indices = new int[most * categories];
      Libtorch.setThreads(1); // Whatever the thread did before: sums could depend on it.
    }

    boolean hasNext() {
      return next < size || rows.hasNext();
    }

    /** Goes on to the next row; its place in the {@link #batch()}. */
    public int next() {
      if (next == size) {
        read();
      }
      if (next % BATCH == 0) {
        score(next);
      }
      return next++ % BATCH;
    }

    /** What the network says of the row's batch. */
    public SavedNetwork.Scored batch() {
      return scored;
    }

    /** Reads and encodes rows. */
    private void read() {
      size = 0;
      next = 0;
      long bytes = 0;
      while (size < most && bytes < BYTES && rows.hasNext()) {
        InternalRow row = rows.next();
        bytes += AddedColumns.bytes(row);
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
      encoded = encoding.numbers(i -> numbers[i], size);
    }

    /** Scores a batch; what fills up the last one makes no difference to the others. */
    private void score(int from) {
      int entries = encoding.entries();
      int to = Math.min(size, from + BATCH);
      float[] x = new float[BATCH * entries];
      for (int entry = 0; entry < entries; entry++) {
        float[] column = encoded[entry];
        for (int row = from, at = entry; row < to; row++, at += entries) {
          x[at] = column[row];
        }
      }
      int[] c =
          Arrays.copyOf(
              Arrays.copyOfRange(indices, from * categories, to * categories), BATCH * categories);
      scored = shared.network().score(x, c, BATCH);
    }

    private void readColumns(InternalRow row) {
      for (int i = 0; i < numbers.length; i++) {
        int place = places[i];
        numbers[i][size] = row.isNullAt(place) ? Double.NaN : row.getDouble(place);
      }
      for (int i = 0; i < categories; i++) {
        int place = places[numbers.length + i];
        indices[size * categories + i] =
            encoding.index(i, row.isNullAt(place) ? null : row.getUTF8String(place));
      }
    }

    private void readVector(Vector from, InternalRow row) {
      if (row.isNullAt(places[0])) {
        throw new LockstepException(
            "a row has no vector of features", "Drop such rows, or fill them in");
      }
      int entries = VectorRows.read(row, places[0], from.values);
      if (entries != from.values.length) {
        throw new LockstepException(
            "a vector of features has %,d entries, but the network was trained on %,d"
                .formatted(entries, from.values.length),
            "Apply the pipeline that it was trained with");
      }
      for (int i = 0; i < from.numeric.length; i++) {
        numbers[i][size] = from.values[from.numeric[i]];
      }
      for (int i = 0; i < categories; i++) {
        double index = from.values[from.categorical[i]];
        indices[size * categories + i] =
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
